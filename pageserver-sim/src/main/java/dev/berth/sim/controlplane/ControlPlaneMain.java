package dev.berth.sim.controlplane;

import java.util.concurrent.CountDownLatch;

/** The recording control plane as a process: {@code --listen HOST:PORT}. */
public final class ControlPlaneMain {
    private ControlPlaneMain() {}

    /** Runs until the process is told to end. */
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 2 || !args[0].equals("--listen") || args[1].lastIndexOf(':') < 1) {
            System.err.println("usage: ControlPlaneMain --listen HOST:PORT");
            System.exit(2);
        }
        int colon = args[1].lastIndexOf(':');
        RecordingControlPlane plane = new RecordingControlPlane(
                        args[1].substring(0, colon), Integer.parseInt(args[1].substring(colon + 1)))
                .start();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            plane.close();
            ended.countDown();
        }));
        System.out.println("control plane ready: " + plane.baseUri());
        ended.await();
    }
}
