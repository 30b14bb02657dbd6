package dev.berth.scheduler.query;

import dev.berth.schemas.id.CommandId;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** New command ids: 48 bits of time, then 80 random ones, printed as a version 7 UUID. Sorted by when they were made. */
public final class CommandIds {
    private static final HexFormat HEX = HexFormat.of();

    private CommandIds() {}

    public static CommandId next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return of(System.currentTimeMillis(), random.nextLong(), random.nextLong());
    }

    static CommandId of(long atMs, long randomHigh, long randomLow) {
        String time = HEX.toHexDigits(atMs, 12);
        long version = 0x7000L | (randomHigh & 0xFFF);
        long variant = 0x8000_0000_0000_0000L | (randomLow & 0x3FFF_FFFF_FFFF_FFFFL);
        String tail = HEX.toHexDigits(variant);
        return new CommandId(time.substring(0, 8)
                + '-'
                + time.substring(8)
                + '-'
                + HEX.toHexDigits(version, 4)
                + '-'
                + tail.substring(0, 4)
                + '-'
                + tail.substring(4));
    }
}
