package dev.berth.standalone.up;

import java.util.List;

/** One process of {@code berth up}: what it is called, how it is started, how it is seen to serve, and where. */
record PartSpec(String name, List<String> command, Readiness readiness, String address) {
    PartSpec {
        command = List.copyOf(command);
    }
}
