package dev.berth.gateway.http;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Ids for requests whose callers have none: random version 4 UUIDs. They need to differ, not to be secret. */
final class RequestIds {
    private RequestIds() {}

    static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
