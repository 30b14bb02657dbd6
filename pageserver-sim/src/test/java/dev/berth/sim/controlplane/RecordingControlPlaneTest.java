package dev.berth.sim.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.sim.ApiClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordingControlPlaneTest {
    private static final String TENANT = "9e8d7c6b5a49382716051423f2e1d0c3";
    private static final String OTHER = "1111111122222222333333334444444a";

    private final RecordingControlPlane plane = RecordingControlPlane.started();
    private ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(plane.baseUri());
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private ApiClient.Reply announce(String tenant, long node) {
        return client.call("PUT", "/notify-attach", body(tenant, node), Duration.ofSeconds(5));
    }

    private static String body(String tenant, long node) {
        return "{\"tenant_id\":\"%s\",\"preferred_az\":null,\"stripe_size\":null,\"shards\":[{\"node_id\":%d,\"shard_number\":0}]}"
                .formatted(tenant, node);
    }

    @Test
    void remembersTheLastMappingAndAllBefore() {
        announce(TENANT, 1);
        announce(TENANT, 2);

        assertThat(plane.nodeOf(TENANT, 0)).contains(2L);
        assertThat(plane.history(TENANT)).hasSize(2);
        assertThat(plane.nodeOf(OTHER, 0)).isEmpty();
        assertThat(client.get("/sim/v1/mappings")
                        .body()
                        .at("/tenants/" + TENANT + "/mapping/shards/0/node_id")
                        .asLong())
                .isEqualTo(2);
        assertThat(client.get("/sim/v1/mappings?history=true")
                        .body()
                        .at("/tenants/" + TENANT + "/history/0/status")
                        .asInt())
                .isEqualTo(200);
    }

    @Test
    void aRefusedMappingIsNotApplied() {
        announce(TENANT, 1);
        plane.behave(TENANT, new RecordingControlPlane.Behaviour.Status(423, 1));

        assertThat(announce(TENANT, 2).status()).isEqualTo(423);
        assertThat(plane.nodeOf(TENANT, 0)).contains(1L);
        assertThat(announce(TENANT, 2).status()).isEqualTo(200);
        assertThat(plane.nodeOf(TENANT, 0)).contains(2L);
    }

    @Test
    void oneTenantHangsWhileOthersAreAnswered() {
        client.put("/sim/v1/behaviour", "{\"tenant\":\"" + TENANT + "\",\"hang\":true}");

        assertThatThrownBy(() -> client.call("PUT", "/notify-attach", body(TENANT, 1), Duration.ofMillis(200)))
                .isInstanceOf(ApiClient.Unanswered.class);
        assertThat(announce(OTHER, 1).status()).isEqualTo(200);
        client.put("/sim/v1/behaviour", "{\"tenant\":\"" + TENANT + "\"}");
        assertThat(announce(TENANT, 1).status()).isEqualTo(200);
    }

    @Test
    void aStoppedPlaneRefusesAndReturnsWithItsMemory() {
        announce(TENANT, 1);
        plane.stop();

        assertThatThrownBy(() -> announce(TENANT, 2)).isInstanceOf(ApiClient.Unanswered.class);
        plane.start();
        assertThat(announce(TENANT, 3).status()).isEqualTo(200);
        assertThat(plane.history(TENANT)).hasSize(2);
    }
}
