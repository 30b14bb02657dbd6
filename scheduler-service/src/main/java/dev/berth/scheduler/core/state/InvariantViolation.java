package dev.berth.scheduler.core.state;

import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/** Something that cannot be. The command that led here is dropped whole and its tenant frozen (P11). */
public final class InvariantViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable TenantId tenant;

    public InvariantViolation(@Nullable TenantId tenant, String what) {
        super(what);
        this.tenant = tenant;
    }

    public @Nullable TenantId tenant() {
        return tenant;
    }
}
