package dev.berth.standalone.cluster;

import dev.berth.standalone.parts.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cell of its own for one test, on the parts that the whole run shares: its name keeps its topics, schema and workflows apart
 * from those of other tests, so tests run side by side. A test takes it as a parameter, with {@link ClusterExtension}. What is
 * handed to {@link #closing} is closed at the end, newest first.
 */
public final class BerthCluster implements AutoCloseable {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final int NAME_LENGTH_MAX = 24;

    private final Parts parts;
    private final String cell;
    private final Path workDir;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private BerthCluster(Parts parts, String cell, Path workDir) {
        this.parts = parts;
        this.cell = cell;
        this.workDir = workDir;
    }

    /** The hint, a test's name for instance, begins the cell's name. */
    public static BerthCluster create(String hint) {
        return on(Parts.shared(), hint);
    }

    /** A cell on parts of the test's own, which it may stop and start; they stay the caller's to close. */
    public static BerthCluster on(Parts parts, String hint) {
        String readable =
                hint.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+", "");
        String name = readable.substring(0, Math.min(NAME_LENGTH_MAX, readable.length()))
                + "-" + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX)
                + "-" + NUMBERS.incrementAndGet();
        Path workDir = Path.of("target", "cells", name).toAbsolutePath();
        try {
            Files.createDirectories(workDir);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return new BerthCluster(parts, name, workDir);
    }

    public String cell() {
        return cell;
    }

    public String bootstrapServers() {
        return parts.bootstrapServers();
    }

    public String databaseUrl() {
        return parts.databaseUrl();
    }

    public String temporal() {
        return parts.temporal();
    }

    /** A folder that no other cell uses. */
    public Path workDir() {
        return workDir;
    }

    public int freePort() {
        return Ports.free();
    }

    public synchronized <T extends AutoCloseable> T closing(T resource) {
        open.push(resource);
        return resource;
    }

    @Override
    public synchronized void close() {
        RuntimeException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException("cell " + cell + " did not close", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
