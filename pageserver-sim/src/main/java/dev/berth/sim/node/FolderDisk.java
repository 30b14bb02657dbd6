package dev.berth.sim.node;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.sim.http.Json;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A disk in a folder. Each file is replaced as a whole, so a process may be killed between any two lines. */
public final class FolderDisk implements LocalDisk {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<TreeMap<String, Long>> LAYERS = new TypeReference<>() {};
    private static final String CONFIG = "config.json";
    private static final String LAYER_LIST = "layers.json";

    private final Path tenants;
    private final Path deletion;
    private final Path trash;
    private final AtomicLong temporary = new AtomicLong();

    public FolderDisk(Path folder) {
        tenants = folder.resolve("tenants");
        deletion = folder.resolve("deletion");
        trash = folder.resolve("trash");
        try {
            Files.createDirectories(tenants);
            Files.createDirectories(deletion);
            Files.createDirectories(trash);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path leftover : entries(trash)) {
            removeTree(leftover);
        }
    }

    @Override
    public Map<ShardId, LocationConfig> locations() {
        Map<ShardId, LocationConfig> found = new TreeMap<>();
        for (Path folder : entries(tenants)) {
            Path config = folder.resolve(CONFIG);
            if (Files.exists(config)) {
                found.put(
                        ShardId.parse(folder.getFileName().toString()),
                        LocationConfig.parse(Json.parse(read(config))).stored());
            }
        }
        return found;
    }

    @Override
    public void putLocation(ShardId shard, LocationConfig config) {
        write(tenants.resolve(shard.toString()).resolve(CONFIG), Json.bytes(config.toJson()));
    }

    @Override
    public Map<String, Long> layers(ShardId shard) {
        Path file = tenants.resolve(shard.toString()).resolve(LAYER_LIST);
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            return MAPPER.readValue(file.toFile(), LAYERS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void putLayers(ShardId shard, Map<String, Long> layers) {
        write(tenants.resolve(shard.toString()).resolve(LAYER_LIST), Json.bytes(layers));
    }

    @Override
    public void removeLocation(ShardId shard) {
        Path folder = tenants.resolve(shard.toString());
        if (Files.exists(folder)) {
            Path doomed = trash.resolve(shard + "." + temporary.incrementAndGet());
            try {
                Files.move(folder, doomed, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            removeTree(doomed);
        }
    }

    @Override
    public SortedMap<Long, byte[]> deletionLists() {
        SortedMap<Long, byte[]> lists = new TreeMap<>();
        for (Path file : entries(deletion)) {
            String name = file.getFileName().toString();
            if (name.endsWith(".list")) {
                lists.put(Long.parseLong(name.substring(0, name.length() - ".list".length())), read(file));
            }
        }
        return lists;
    }

    @Override
    public void putDeletionList(long sequence, byte[] list) {
        write(deletion.resolve(sequence + ".list"), list);
    }

    @Override
    public void removeDeletionLists(Set<Long> sequences) {
        for (long sequence : sequences) {
            try {
                Files.deleteIfExists(deletion.resolve(sequence + ".list"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void wipe() {
        for (Path folder : List.of(tenants, deletion)) {
            entries(folder).forEach(FolderDisk::removeTree);
        }
    }

    private void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = trash.resolve("write." + temporary.incrementAndGet());
            Files.write(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeTree(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
