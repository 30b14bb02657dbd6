package dev.berth.standalone.bench;

import java.io.IOException;

/** Something that is measured, and the rows of the report that come of it. */
interface Workload {
    /** By which it is asked for. */
    String name();

    /** Leaves the cell as it found it, but for tenants. */
    void run(BenchCell cell, Report report) throws IOException, InterruptedException;
}
