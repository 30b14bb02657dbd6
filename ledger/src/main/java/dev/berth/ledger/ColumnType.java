package dev.berth.ledger;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Types of array parameters. The driver sends arrays of exactly these element types in binary, an {@code Object[]} as escaped text. */
enum ColumnType {
    UUID("uuid", java.util.UUID[]::new),
    LONG("int8", Long[]::new),
    INT("int4", Integer[]::new),
    SHORT("int2", Short[]::new),
    BOOLEAN("bool", Boolean[]::new),
    TEXT("text", String[]::new);

    private final String sqlName;
    private final IntFunction<@Nullable Object[]> arrays;

    ColumnType(String sqlName, IntFunction<@Nullable Object[]> arrays) {
        this.sqlName = sqlName;
        this.arrays = arrays;
    }

    String sqlName() {
        return sqlName;
    }

    @Nullable
    Object[] array(int length) {
        return arrays.apply(length);
    }
}
