package dev.berth.standalone.up;

import java.util.List;

/**
 * What an installation shall be like.
 *
 * @param serviceFlags added to the flags of gateway, scheduler and workers
 */
public record Layout(int port, int uiPort, int nodes, int zones, Services services, List<String> serviceFlags) {
    /** How the services are spread over processes. */
    public enum Services {
        ONE_PROCESS_EACH,
        ALL_IN_ONE
    }

    public Layout {
        serviceFlags = List.copyOf(serviceFlags);
    }
}
