package dev.berth.schemas.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.RandomConfig;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.ShardIndex;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.pageserver.Utilization;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values of any wire type, made component by component. Bounds, nulls, empty lists and texts that need escaping come up often.
 */
final class RandomMessages {
    private static final List<Long> EDGES =
            List.of(0L, 1L, -1L, (long) Integer.MAX_VALUE, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE);
    private static final List<String> TEXTS = List.of(
            "", " ", "null", "a \"quoted\" \\ text", "line\nbreak\u0000\u007f", "żółć 東京 \ud83d\udc18", "{}", "0");

    private final Random random;
    private final RandomConfig configs;
    private final Map<Class<?>, Supplier<Object>> constrained = new HashMap<>();

    RandomMessages(long seed) {
        this.random = new Random(seed);
        this.configs = new RandomConfig(seed);
        constrained.put(long.class, this::number);
        constrained.put(Long.class, this::number);
        constrained.put(int.class, () -> (int) number());
        constrained.put(Integer.class, () -> (int) number());
        constrained.put(boolean.class, random::nextBoolean);
        constrained.put(String.class, this::text);
        constrained.put(JsonNode.class, this::patch);
        constrained.put(TenantConfig.class, () -> TenantConfig.parse(configs.next(), TenantConfig.Mode.STRICT));
        constrained.put(PlanId.class, () -> new PlanId("%032x".formatted(random.nextLong() & Long.MAX_VALUE)));
        constrained.put(CommandId.class, () -> new CommandId("c" + text()));
        constrained.put(Generation.class, () -> new Generation(number() & Generation.MAX));
        constrained.put(ShardCount.class, () -> new ShardCount(random.nextInt(256)));
        constrained.put(ShardIndex.class, this::shardIndex);
        constrained.put(PlacementPolicy.class, this::policy);
        constrained.put(Utilization.class, this::utilization);
    }

    /** A value of the type; a member of it, if it is a family. */
    Object next(Class<?> type) {
        Supplier<Object> supplier = constrained.get(type);
        if (supplier != null) {
            return supplier.get();
        }
        if (type.isEnum()) {
            return oneOf(type.getEnumConstants());
        }
        if (type.isSealed()) {
            return next((Class<?>) oneOf(type.getPermittedSubclasses()));
        }
        return record(type);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Stream.of(components)
                .map(RecordComponent::getAnnotatedType)
                .map(this::component)
                .toArray();
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type.getName() + " of " + Arrays.toString(values), e);
        }
    }

    private @Nullable Object component(AnnotatedType type) {
        if (type.isAnnotationPresent(Nullable.class) && random.nextInt(3) == 0) {
            return null;
        }
        AnnotatedType element = WireTypes.elementOf(type);
        if (element == type) {
            return next((Class<?>) type.getType());
        }
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> component(element))
                .toList();
    }

    private long number() {
        return switch (random.nextInt(3)) {
            case 0 -> EDGES.get(random.nextInt(EDGES.size()));
            case 1 -> random.nextInt(1000);
            default -> random.nextLong();
        };
    }

    private String text() {
        return random.nextBoolean() ? TEXTS.get(random.nextInt(TEXTS.size())) : Long.toString(random.nextLong(), 36);
    }

    /** As it comes out of a parser: the classes of number nodes differ otherwise. */
    private JsonNode patch() {
        return Json.parse(configs.next().putNull("gc_period").toString());
    }

    private ShardIndex shardIndex() {
        ShardCount count = new ShardCount(random.nextInt(256));
        return new ShardIndex(random.nextInt(count.effective()), count);
    }

    private PlacementPolicy policy() {
        int any = random.nextInt(4);
        return switch (any) {
            case 0 -> PlacementPolicy.DETACHED;
            case 1 -> PlacementPolicy.SECONDARY;
            default -> PlacementPolicy.attached(random.nextInt(1001));
        };
    }

    private Utilization utilization() {
        return new Utilization(
                natural(),
                natural(),
                natural(),
                random.nextInt(101),
                natural(),
                natural(),
                random.nextBoolean() ? number() : null,
                random.nextBoolean() ? text() : null);
    }

    private long natural() {
        return number() & Long.MAX_VALUE;
    }

    private Object oneOf(Object[] candidates) {
        return candidates[random.nextInt(candidates.length)];
    }
}
