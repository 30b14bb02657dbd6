package dev.berth.standalone.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.wire.Topics;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class BerthClusterIT {
    @Test
    void cellsShareThePartsButNotTheirNames(BerthCluster first) {
        try (BerthCluster second = BerthCluster.create("cellsShareThePartsButNotTheirNames")) {
            assertThat(second.bootstrapServers()).isEqualTo(first.bootstrapServers());
            assertThat(second.databaseUrl()).isEqualTo(first.databaseUrl());
            assertThat(second.cell()).isNotEqualTo(first.cell());
            assertThat(second.workDir()).isNotEqualTo(first.workDir());
        }
    }

    @Test
    void namesAreValidNamesOfCells(BerthCluster cluster) {
        assertThat(new Topics(cluster.cell()).commands()).isEqualTo(cluster.cell() + ".commands");
        assertThat(cluster.cell()).startsWith("namesarevalidnamesofcell");
    }

    @Test
    void closesTheNewestFirst() {
        List<String> closed = new ArrayList<>();

        try (BerthCluster cluster = BerthCluster.create("order")) {
            cluster.closing(() -> closed.add("older"));
            cluster.closing(() -> closed.add("newer"));
        }

        assertThat(closed).containsExactly("newer", "older");
    }
}
