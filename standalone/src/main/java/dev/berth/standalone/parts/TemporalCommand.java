package dev.berth.standalone.parts;

import java.nio.file.Path;

/**
 * Prints how Temporal is started: {@code TemporalCommand FOLDER PORT UI_PORT}, one word of the command in each line, after
 * fetching the program where it is missing. For scripts that want the server as a process of their own.
 */
public final class TemporalCommand {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private TemporalCommand() {}

    public static void main(String[] args) {
        if (args.length != 3) {
            System.err.println("temporal: expected a folder, a port and a port for the web interface");
            System.exit(USAGE);
        }
        try {
            TemporalBinary binary = TemporalBinary.obtain(System.err::println);
            int port = Ports.orFree(Integer.parseInt(args[1]));
            int uiPort = Ports.orFree(Integer.parseInt(args[2]));
            TemporalServer.command(binary, Path.of(args[0]), port, uiPort).forEach(System.out::println);
        } catch (PartFailure e) {
            System.err.println(e.getMessage());
            System.exit(FAILED);
        }
    }
}
