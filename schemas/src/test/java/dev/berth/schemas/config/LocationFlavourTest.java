package dev.berth.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.TenantConfig.Mode;
import org.junit.jupiter.api.Test;

class LocationFlavourTest {
    private static final TenantConfig UNSET = TenantConfig.parse(Json.parse("{\"gc_horizon\":1}"), Mode.STRICT);
    private static final TenantConfig SET =
            TenantConfig.parse(Json.parse("{\"gc_horizon\":1,\"heatmap_period\":\"5m\"}"), Mode.STRICT);

    @Test
    void heatmapsHaveADefaultPeriodWhereThereAreSecondaries() {
        assertThat(LocationFlavour.forAttached(UNSET, true))
                .hasToString("{\"gc_horizon\":1,\"heatmap_period\":\"1m\"}");
        assertThat(LocationFlavour.forSecondary(UNSET)).isEqualTo(LocationFlavour.forAttached(UNSET, true));
        assertThat(LocationFlavour.forSecondary(TenantConfig.EMPTY)).hasToString("{\"heatmap_period\":\"1m\"}");
    }

    @Test
    void aPeriodTheTenantSetIsKeptWhereThereAreSecondaries() {
        assertThat(LocationFlavour.forAttached(SET, true)).isSameAs(SET);
        assertThat(LocationFlavour.forSecondary(SET)).isSameAs(SET);
    }

    @Test
    void heatmapsAreOffWhereThereIsNoSecondaryWhateverTheTenantSays() {
        assertThat(LocationFlavour.forAttached(SET, false)).isEqualTo(UNSET);
        assertThat(LocationFlavour.forAttached(UNSET, false)).isSameAs(UNSET);
        assertThat(LocationFlavour.forAttached(TenantConfig.EMPTY, false)).isSameAs(TenantConfig.EMPTY);
    }

    @Test
    void flavoursOfOneConfigurationAreOneObject() {
        assertThat(LocationFlavour.forSecondary(UNSET)).isSameAs(LocationFlavour.forSecondary(UNSET));
        assertThat(LocationFlavour.forAttached(SET, false)).isSameAs(LocationFlavour.forAttached(SET, false));
    }

    @Test
    void flavoursOfAFlavourAreThoseOfTheStoredConfiguration() {
        RandomConfig random = new RandomConfig(4);
        for (int i = 0; i < 1_000; i++) {
            TenantConfig stored = TenantConfig.parse(random.next(), Mode.STRICT);
            TenantConfig secondary = LocationFlavour.forSecondary(stored);
            TenantConfig lone = LocationFlavour.forAttached(stored, false);
            assertThat(LocationFlavour.forSecondary(secondary)).isEqualTo(secondary);
            assertThat(LocationFlavour.forAttached(secondary, false)).isEqualTo(lone);
            assertThat(secondary.hash()).isNotEqualTo(lone.hash());
        }
    }
}
