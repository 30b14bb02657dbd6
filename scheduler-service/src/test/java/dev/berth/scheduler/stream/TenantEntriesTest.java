package dev.berth.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written of tenants is what has changed, and together it is the tenants again. */
class TenantEntriesTest {
    private static final TenantId ID = TenantId.of("0123456789abcdef0123456789abcdef");

    /** The newest value of each key, as compaction leaves them. */
    private final Map<String, byte[]> compacted = new LinkedHashMap<>();

    private final List<String> written = new ArrayList<>();

    @Test
    void aTenantThatIsNotShardedIsOneEntry() {
        Tenant tenant = tenant(0);
        write(null, tenant);
        write(tenant, tenant.withShard(tenant.shards().getFirst().withTold(null)));

        assertThat(written).containsOnly("t/" + ID).hasSize(2);
    }

    @Test
    void ofAShardedTenantOnlyWhatHasChangedIsWritten() {
        Tenant tenant = tenant(8);
        write(null, tenant);
        assertThat(written).hasSize(9);

        written.clear();
        Tenant moved = tenant.withShard(tenant.shards().get(3).withUnscheduled("no node"));
        write(tenant, moved);
        assertThat(written).containsExactly("s/" + ID + "-0308");

        written.clear();
        write(moved, moved.withFrozen("an invariant"));
        assertThat(written).containsExactly("t/" + ID);
    }

    @Test
    void nothingIsLeftOfARemovedTenant() {
        Tenant tenant = tenant(4);
        write(null, tenant);
        write(tenant, null);

        assertThat(compacted).isEmpty();
    }

    @Test
    void whatAnOlderBuildWroteIsReadAndThenWrittenWhole() {
        Tenant tenant = tenant(4);
        compacted.put("t/" + ID, StateCodec.encode(tenant));
        HeapControllerState state = new HeapControllerState();
        assertThat(assembled(state)).containsExactly(ID);
        assertThat(state.tenant(ID)).isEqualTo(tenant);

        Tenant changed = tenant.withShard(tenant.shards().get(1).withUnscheduled("no node"));
        TenantEntries.changes(tenant, changed, true, this::put);

        HeapControllerState again = new HeapControllerState();
        assertThat(assembled(again)).isEmpty();
        assertThat(again.tenant(ID)).isEqualTo(changed);
    }

    @Test
    void aMissingShardIsNotPassedOver() {
        write(null, tenant(4));
        compacted.remove("s/" + ID + "-0204");

        assertThatThrownBy(() -> assembled(new HeapControllerState()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(ID + "-0204");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void entriesInAnyOrderAreTheTenantAgain(long seed) {
        Random random = new Random(seed);
        Tenant tenant = null;
        for (int step = 0; step < 300; step++) {
            Tenant next = changed(tenant, random);
            write(tenant, next);
            tenant = next;
            HeapControllerState state = new HeapControllerState();
            assembled(state, random);
            assertThat(state.tenant(ID)).as("after step %d", step).isEqualTo(tenant);
        }
    }

    private static @Nullable Tenant changed(@Nullable Tenant tenant, Random random) {
        if (tenant == null || random.nextInt(10) == 0) {
            return tenant(List.of(0, 1, 2, 8).get(random.nextInt(4)));
        }
        int shard = random.nextInt(tenant.shards().size());
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> tenant.withMapping(tenant.mappingNumber() + 1, List.of(), 0, null);
            case 2 -> tenant;
            default -> tenant.withShard(tenant.shards().get(shard).withUnscheduled("cause " + random.nextInt()));
        };
    }

    private static Tenant tenant(int count) {
        List<Shard> shards = IntStream.range(0, Math.max(count, 1))
                .mapToObj(number -> Shard.fresh(number, new Generation(1)))
                .toList();
        return new Tenant(
                ID,
                1,
                new ShardCount(count),
                2048,
                new Generation(1),
                PlacementPolicy.attached(1),
                ShardSchedulingPolicy.ACTIVE,
                TenantConfig.EMPTY,
                "az-1",
                shards,
                0,
                List.of(),
                0,
                null,
                null,
                null,
                null);
    }

    private void write(@Nullable Tenant before, @Nullable Tenant after) {
        TenantEntries.changes(before, after, false, this::put);
    }

    private void put(byte[] key, byte @Nullable [] value) {
        String text = new String(key, StandardCharsets.UTF_8);
        written.add(text);
        if (value == null) {
            compacted.remove(text);
        } else {
            compacted.put(text, value);
        }
    }

    private Set<TenantId> assembled(HeapControllerState state) {
        return assembled(state, new Random(0));
    }

    private Set<TenantId> assembled(HeapControllerState state, Random order) {
        TenantEntries.Assembly assembly = new TenantEntries.Assembly();
        List<String> keys = new ArrayList<>(compacted.keySet());
        Collections.shuffle(keys, order);
        keys.forEach(
                key -> StateCodec.restore(state, assembly, key.getBytes(StandardCharsets.UTF_8), compacted.get(key)));
        return assembly.putInto(state);
    }
}
