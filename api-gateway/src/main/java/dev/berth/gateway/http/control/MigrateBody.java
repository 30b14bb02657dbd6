package dev.berth.gateway.http.control;

import dev.berth.gateway.http.JsonIn;
import dev.berth.schemas.config.Humantime;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.MigrationOrder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where a shard shall go and how. */
record MigrateBody(MigrationOrder order) {
    private static final Duration WARMUP_TIMEOUT = Duration.ofSeconds(300);
    private static final Duration DOWNLOAD_TIMEOUT = Duration.ofSeconds(20);

    static MigrateBody read(JsonIn body) {
        NodeId destination = NodeId.of(body.required("node_id").u64());
        NodeId origin = body.optional("origin_node_id", each -> NodeId.of(each.u64()));
        JsonIn config = body.optional("migration_config");
        return new MigrateBody(new MigrationOrder(
                destination,
                origin,
                flag(config, "override_scheduler", false),
                flag(config, "prewarm", true),
                millis(config, "secondary_warmup_timeout", WARMUP_TIMEOUT),
                millis(config, "secondary_download_request_timeout", DOWNLOAD_TIMEOUT)));
    }

    private static boolean flag(@Nullable JsonIn config, String name, boolean absent) {
        Boolean given = config == null ? null : config.optional(name, JsonIn::bool);
        return given == null ? absent : given;
    }

    private static long millis(@Nullable JsonIn config, String name, Duration absent) {
        Duration given = config == null ? null : config.optional(name, each -> each.text(Humantime::parse));
        return (given == null ? absent : given).toMillis();
    }
}
