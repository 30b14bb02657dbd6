package dev.berth.gateway.fake;

/** Bodies of requests. */
public final class Bodies {
    private Bodies() {}

    public static String node(long id, String zone) {
        return node(id, zone, "127.0.0.1", 20_000 + (int) id);
    }

    public static String node(long id, String zone, String httpHost, int httpPort) {
        return """
                {"node_id": %d, "listen_pg_addr": "127.0.0.1", "listen_pg_port": %d, "listen_http_addr": "%s",
                 "listen_http_port": %d, "availability_zone_id": "%s", "node_ip_addr": null}""".formatted(id, 30_000 + id, httpHost, httpPort, zone);
    }

    /** Count 0: the unsharded form. */
    public static String tenant(String id, int count, int secondaries) {
        return """
                {"new_tenant_id": "%s", "shard_parameters": {"count": %d, "stripe_size": 2048},
                 "placement_policy": {"Attached": %d}}""".formatted(id, count, secondaries);
    }
}
