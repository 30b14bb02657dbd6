package dev.berth.standalone.up;

import dev.berth.standalone.Shutdown;
import dev.berth.standalone.parts.FolderLock;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.parts.Ports;
import dev.berth.standalone.parts.TemporalBinary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** All of Berth on this machine, in processes under one supervisor, with its data in one folder. */
public final class Installation implements AutoCloseable {
    private final Home home;
    private final FolderLock lock;
    private final Console console;
    private final Supervisor supervisor;
    private final Layout layout;
    private final Blueprint blueprint;
    private final List<PartSpec> pageservers;

    private Installation(
            Home home, FolderLock lock, Console console, Layout layout, PortBook ports, Blueprint blueprint) {
        this.home = home;
        this.lock = lock;
        this.console = console;
        this.layout = layout;
        this.blueprint = blueprint;
        this.supervisor = new Supervisor(home, console);
        this.pageservers = blueprint.pageservers(ports, layout.nodes(), layout.zones());
        ports.save();
    }

    /** What may happen to the data of earlier runs. */
    public enum EarlierData {
        KEPT,
        REMOVED
    }

    /** Takes the folder and stops what a killed predecessor left running there; starts nothing yet. */
    public static Installation prepare(Path folder, Layout layout, EarlierData earlier, Console console) {
        Home home = new Home(folder);
        FolderLock lock = home.lock();
        try {
            Supervisor.stopLeftovers(home, console);
            if (earlier == EarlierData.REMOVED) {
                home.clear();
            }
            home.requireSpace();
            requireFree("the API", layout.port(), "--port");
            requireFree("Temporal's web interface", layout.uiPort(), "--ui-port");
            PortBook ports = PortBook.open(home);
            return new Installation(home, lock, console, layout, ports, new Blueprint(home, ports, layout));
        } catch (PartFailure e) {
            lock.close();
            throw e;
        }
    }

    private static void requireFree(String what, int wanted, String flag) {
        if (!Ports.isFree(wanted)) {
            throw new PartFailure(
                    "port " + wanted + " for " + what + " is in use by another program; give another with " + flag);
        }
    }

    /** Returns when everything serves. */
    public void start() {
        TemporalBinary temporal = TemporalBinary.obtain(console::line);
        console.line("Starting; temporal is " + temporal.origin() + " (" + temporal.path() + ").");
        supervisor.start(blueprint.foundations(temporal));
        supervisor.start(
                switch (layout.services()) {
                    case ONE_PROCESS_EACH -> blueprint.services();
                    case ALL_IN_ONE -> blueprint.servicesInOneProcess();
                });
        supervisor.start(pageservers);
    }

    /** On the first signal everything is stopped and the process ends, also while it is still starting. */
    public Thread stopWhenAsked() {
        return stopWhenAsked("Stopped. The next start continues from " + home.folder() + ".");
    }

    public Thread stopWhenAsked(String farewell) {
        Shutdown shutdown = Shutdown.onSignals();
        return Thread.ofPlatform().name("stop").daemon().start(() -> {
            try {
                shutdown.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            console.line("Stopping.");
            supervisor.close();
            console.line(farewell);
            System.exit(0);
        });
    }

    public boolean isClosing() {
        return supervisor.isClosing();
    }

    public Path folder() {
        return home.folder();
    }

    public String api() {
        return blueprint.api();
    }

    public String temporalUi() {
        return blueprint.temporalUi();
    }

    /** Base addresses of the simulated pageservers by their ids, which count from one. */
    public String pageserver(int id) {
        return blueprint.pageserverUrl(pageservers.get(id - 1));
    }

    public List<Integer> pageserverIds() {
        return IntStream.rangeClosed(1, pageservers.size()).boxed().toList();
    }

    /** What runs now, by the names of the parts. Kafka and Postgres may have children. */
    public Map<String, ProcessHandle> processes() {
        return supervisor.processes();
    }

    /** SIGKILL; the supervisor starts the part again. */
    public void kill(String part) {
        supervisor.part(part).kill();
    }

    /** SIGKILL; the part stays dead until it is released. */
    public void killAndHold(String part) {
        supervisor.part(part).killAndHold();
    }

    public void release(String part) {
        supervisor.part(part).release();
    }

    @Override
    public void close() {
        supervisor.close();
        lock.close();
    }
}
