package dev.berth.sim;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The command line of {@link SimMain}. */
record SimOptions(
        long id,
        int count,
        String host,
        int port,
        int pgPort,
        List<String> zones,
        Optional<URI> controller,
        Optional<Path> data,
        Optional<Path> remote,
        Optional<InetSocketAddress> admin,
        Map<String, Long> model) {

    static final String USAGE = """
            usage: SimMain --id N [--count N] [--listen HOST:PORT] [--pg-port P] [--zone Z | --zones A,B,..]
                           [--controller URL] [--data DIR] [--remote DIR] [--admin HOST:PORT]
                           [--wal-rate BYTES] [--catch-up-ms MS] [--checkpoint-bytes BYTES] [--deletion-ms MS] [--brisk]
              --id          id of the first node; the others follow
              --count       nodes in this process (1)
              --listen      address of the first node; the others take the ports that follow; port 0: free ones (127.0.0.1:0)
              --pg-port     Postgres port that the first node registers with (none is opened)
              --zone(s)     availability zones, given to the nodes in turn (a)
              --controller  where re-attach and validate go; without it the nodes start from their disks alone
              --data        folder of the nodes' disks, one below it per node; without it disks are in memory
              --remote      folder of the remote storage that processes share; without it storage is in memory
              --admin       a port of the process itself: /sim/v1/nodes, also while nodes are down
              --wal-rate    bytes per second by which each timeline grows
              --brisk       short periods, as tests use them
            """;

    static SimOptions parse(String[] args) {
        Map<String, String> given = new TreeMap<>();
        for (int i = 0; i < args.length; i++) {
            String name = args[i];
            int equals = name.indexOf('=');
            if (!name.startsWith("--")) {
                throw new IllegalArgumentException("unexpected argument " + name);
            }
            if (name.equals("--brisk")) {
                given.put(name, "1");
            } else if (equals > 0) {
                given.put(name.substring(0, equals), name.substring(equals + 1));
            } else if (i + 1 < args.length) {
                given.put(name, args[++i]);
            } else {
                throw new IllegalArgumentException(name + " needs a value");
            }
        }
        return from(given);
    }

    private static SimOptions from(Map<String, String> given) {
        long id = number(given, "--id").orElseThrow(() -> new IllegalArgumentException("--id is missing"));
        int count = Math.toIntExact(number(given, "--count").orElse(1L));
        String listen = Optional.ofNullable(given.remove("--listen")).orElse("127.0.0.1:0");
        InetSocketAddress address = address("--listen", listen);
        int pgPort = Math.toIntExact(number(given, "--pg-port").orElse(40_000 + id % 20_000));
        List<String> zones = new ArrayList<>();
        Optional.ofNullable(given.remove("--zone")).ifPresent(zones::add);
        Optional.ofNullable(given.remove("--zones")).ifPresent(list -> zones.addAll(List.of(list.split(","))));
        if (zones.isEmpty()) {
            zones.add("a");
        }
        Optional<URI> controller =
                Optional.ofNullable(given.remove("--controller")).map(URI::create);
        Optional<Path> data = Optional.ofNullable(given.remove("--data")).map(Path::of);
        Optional<Path> remote = Optional.ofNullable(given.remove("--remote")).map(Path::of);
        Optional<InetSocketAddress> admin =
                Optional.ofNullable(given.remove("--admin")).map(text -> address("--admin", text));
        Map<String, Long> model = new TreeMap<>();
        for (String name : List.of("--wal-rate", "--catch-up-ms", "--checkpoint-bytes", "--deletion-ms", "--brisk")) {
            number(given, name).ifPresent(value -> model.put(name, value));
        }
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown option " + given.keySet().iterator().next());
        }
        return new SimOptions(
                id,
                count,
                address.getHostString(),
                address.getPort(),
                pgPort,
                zones,
                controller,
                data,
                remote,
                admin,
                model);
    }

    private static InetSocketAddress address(String name, String text) {
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": expected HOST:PORT, not " + text, e);
        }
        throw new IllegalArgumentException(name + ": expected HOST:PORT, not " + text);
    }

    private static Optional<Long> number(Map<String, String> given, String name) {
        return Optional.ofNullable(given.remove(name)).map(text -> {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(name + ": not a number: " + text);
            }
        });
    }
}
