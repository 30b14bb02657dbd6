package dev.berth.workers.notify;

import dev.berth.schemas.task.ComputeMapping;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where no control plane is configured: mappings are logged, and count as applied. */
public final class LoggedMappings implements MappingTarget {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedMappings.class);

    @Override
    public Told tell(ComputeMapping mapping) {
        LOG.atDebug()
                .addKeyValue("tenant", mapping.tenant())
                .addKeyValue("mapping", mapping.number())
                .addKeyValue("nodes", mapping.nodes())
                .log("computes would be told");
        return Told.APPLIED;
    }

    @Override
    public Duration lateness() {
        return Duration.ZERO;
    }
}
