package dev.berth.workflows.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A connection to some server that can be cut, as a process that dies cuts it. */
final class Link implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile int target;

    /** Leads nowhere at first: connections are closed at once. */
    Link() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    void leadTo(int port) {
        target = port;
    }

    void cut() throws IOException {
        target = 0;
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                connect(door.accept());
            } catch (IOException closed) {
                // The next connection may do better; without a door the loop ends.
            }
        }
    }

    private void connect(Socket near) throws IOException {
        sockets.add(near);
        if (target == 0) {
            near.close();
            return;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(far);
        Thread.ofVirtual().start(() -> pump(near, far));
        Thread.ofVirtual().start(() -> pump(far, near));
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        } catch (IOException cut) {
            // Both ends are closed by now.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
    }
}
