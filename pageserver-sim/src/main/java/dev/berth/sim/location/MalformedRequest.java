package dev.berth.sim.location;

/** A body that cannot be read as what it should be; answered with 400. */
public final class MalformedRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedRequest(String message) {
        super(message);
    }
}
