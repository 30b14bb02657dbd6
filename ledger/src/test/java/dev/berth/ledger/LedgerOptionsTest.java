package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LedgerOptionsTest {
    @Test
    void readsADatabaseUrlWithAllItsParts() {
        LedgerOptions options = LedgerOptions.of("postgresql://me:p%40ss+word@db:5433/cells?sslmode=require", "east-1");

        assertThat(options.jdbcUrl()).isEqualTo("jdbc:postgresql://db:5433/cells?sslmode=require");
        assertThat(options.user()).isEqualTo("me");
        assertThat(options.password()).isEqualTo("p@ss+word");
        assertThat(options.schema()).isEqualTo("berth_east-1");
    }

    @Test
    void fillsInWhatAUrlLeavesOut() {
        LedgerOptions options = LedgerOptions.of("jdbc:postgresql://localhost/cells", "east");

        assertThat(options)
                .isEqualTo(new LedgerOptions(
                        "jdbc:postgresql://localhost/cells", "postgres", null, "east", 16, Duration.ofSeconds(3)));
    }

    @Test
    void refusesBadValues() {
        LedgerOptions good = LedgerOptions.of("postgresql://localhost/cells", "east");

        assertThatThrownBy(() -> LedgerOptions.of("mysql://localhost/cells", "east"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LedgerOptions.of("postgresql://localhost/cells", "East"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> good.withPoolSize(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> good.withPatience(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void doesNotPrintThePassword() {
        assertThat(LedgerOptions.of("postgresql://me:secret@db/cells", "east").toString())
                .doesNotContain("secret");
    }
}
