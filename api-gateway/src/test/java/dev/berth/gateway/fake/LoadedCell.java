package dev.berth.gateway.fake;

import dev.berth.schemas.id.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A cell with tenants, to be put under load by hand: {@code LoadedCell TENANTS SHARDS} prints its address and stays. */
public final class LoadedCell {
    private LoadedCell() {}

    public static void main(String[] args) throws InterruptedException {
        int tenants = Integer.parseInt(args[0]);
        int shards = Integer.parseInt(args[1]);
        FakeCell cell = FakeCell.start();
        Http http = cell.http();
        for (int node = 1; node <= 10; node++) {
            http.post("/control/v1/node", Bodies.node(node, "zone-" + node % 3));
            cell.heartbeat(NodeId.of(node));
        }
        List<CompletableFuture<Http.Reply>> created = new ArrayList<>();
        for (int i = 0; i < tenants; i++) {
            created.add(http.sendAsync("POST", "/v1/tenant", Bodies.tenant("%032x".formatted(i), shards, 1)));
            if (created.size() == 64) {
                created.forEach(CompletableFuture::join);
                created.clear();
            }
        }
        created.forEach(CompletableFuture::join);
        System.out.println("ready " + http.base());
        Thread.currentThread().join();
    }
}
