package dev.berth.standalone.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The tenants of the story and what was promised of each: its number of shards and the timelines that were acknowledged. */
final class Cast {
    record Tenant(String id, int count, Set<String> timelines) {
        int shards() {
            return Math.max(1, count);
        }
    }

    private static final int TENTH = 10;

    private volatile List<Tenant> tenants;

    private Cast(List<Tenant> tenants) {
        this.tenants = tenants;
    }

    /** From now on so many shards are promised of the tenant. */
    void promise(Tenant tenant, int count) {
        Tenant grown = new Tenant(tenant.id(), count, tenant.timelines());
        tenants = tenants.stream()
                .map(each -> each.id().equals(tenant.id()) ? grown : each)
                .toList();
    }

    /** Of ten tenants one has 8 shards, two have 4 and seven are not sharded. */
    static Cast of(int tenants, Random random) {
        List<Tenant> all = new ArrayList<>();
        for (int i = 0; i < tenants; i++) {
            int count = switch (i % TENTH) {
                case 0 -> 8;
                case 1, 2 -> 4;
                default -> 0;
            };
            all.add(new Tenant(id(random), count, ConcurrentHashMap.newKeySet()));
        }
        return new Cast(List.copyOf(all));
    }

    /** 16 random bytes as the API writes them. */
    static String id(Random random) {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }

    List<Tenant> tenants() {
        return tenants;
    }

    int shards() {
        return tenants.stream().mapToInt(Tenant::shards).sum();
    }

    int timelines() {
        return tenants.stream().mapToInt(tenant -> tenant.timelines().size()).sum();
    }
}
