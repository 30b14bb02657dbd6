package dev.berth.standalone.up;

import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.parts.Ports;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Ports that were chosen once and are kept, because others remember them: a pageserver that came back under another address
 * would be refused.
 */
final class PortBook {
    private final Path file;
    private final Properties ports = new Properties();

    private PortBook(Path file) {
        this.file = file;
    }

    static PortBook open(Home home) {
        PortBook book = new PortBook(home.folder().resolve("ports.properties"));
        if (Files.exists(book.file)) {
            try (Reader reader = Files.newBufferedReader(book.file)) {
                book.ports.load(reader);
            } catch (IOException e) {
                throw new PartFailure("cannot read " + book.file + ": " + e.getMessage(), e);
            }
        }
        return book;
    }

    /** The port that the part had before, else a free one. */
    int kept(String part) {
        String known = ports.getProperty(part);
        int port = known == null ? Ports.free() : Integer.parseInt(known);
        if (!Ports.isFree(port)) {
            throw new PartFailure(part + ": port " + port
                    + ", which it had before, is in use by another program; free it," + " or change it in " + file);
        }
        ports.setProperty(part, Integer.toString(port));
        return port;
    }

    /** The part's port before, or another if somebody took it; for parts whose address nobody remembers. */
    int preferred(String part) {
        String known = ports.getProperty(part);
        int port = known != null && Ports.isFree(Integer.parseInt(known)) ? Integer.parseInt(known) : Ports.free();
        ports.setProperty(part, Integer.toString(port));
        return port;
    }

    void save() {
        try (Writer writer = Files.newBufferedWriter(file)) {
            ports.store(writer, null);
        } catch (IOException e) {
            throw new PartFailure("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
