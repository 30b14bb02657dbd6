package dev.berth.schemas.config;

/** A tenant configuration nobody can accept; the message is fit for the caller who sent it. */
public final class InvalidTenantConfig extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidTenantConfig(String message) {
        super(message);
    }

    InvalidTenantConfig(String message, Throwable cause) {
        super(message, cause);
    }

    static InvalidTenantConfig unknownField(String name) {
        return new InvalidTenantConfig("unknown field `" + name + "`");
    }
}
