package dev.berth.schemas.pageserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.id.TimelineId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageserverBodiesTest {
    private static final TenantShardId SHARD = TenantShardId.of("9e8d7c6b5a49382716051423f2e1d0c3-0104");
    private static final String TIMELINE = "0123456789abcdef0123456789abcdef";

    @Test
    void aListingTellsKnownBusyAndUnreadableLocations() {
        LocationConfig location = LocationConfig.attached(
                LocationMode.ATTACHED_SINGLE, new Generation(2), SHARD.index(), 2048, TenantConfig.EMPTY);
        String body = "{\"tenant_shards\":[[\"" + SHARD + "\"," + Json.text(location) + "],"
                + "[\"9e8d7c6b5a49382716051423f2e1d0c3-0204\",null],"
                + "[\"9e8d7c6b5a49382716051423f2e1d0c3-0304\",{\"mode\":\"Newer\",\"tenant_conf\":{}}]]}";
        assertThat(LocationListing.parse(Json.parse(body)).entries())
                .containsExactly(
                        new LocationListing.Entry(SHARD, location),
                        new LocationListing.Entry(TenantShardId.of("9e8d7c6b5a49382716051423f2e1d0c3-0204"), null),
                        new LocationListing.Entry(TenantShardId.of("9e8d7c6b5a49382716051423f2e1d0c3-0304"), null));
    }

    @Test
    void aSingleLocationMayBeBusy() {
        LocationConfig secondary = LocationConfig.secondary(SHARD.index(), 2048, TenantConfig.EMPTY);
        assertThat(LocationListing.parseOne(Json.parse("null"))).isNull();
        assertThat(LocationListing.parseOne(secondary.toJson())).isEqualTo(secondary);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{\"tenant_shards\":{}}",
                "{\"tenant_shards\":[[\"9e8d7c6b5a49382716051423f2e1d0c3\"]]}",
                "{\"tenant_shards\":[[1,null]]}",
                "{\"tenant_shards\":[[\"xyz\",null]]}"
            })
    void aListingOfAnotherShapeIsUnreadable(String body) {
        assertThatThrownBy(() -> LocationListing.parse(Json.parse(body))).isInstanceOf(UnreadableBody.class);
    }

    @Test
    void secondaryProgressSurvivesAndIsCompleteWithAHeatmapOnly() throws Exception {
        String body = "{\"heatmap_mtime\":\"2024-09-01T00:00:00.123Z\",\"layers_downloaded\":3,\"layers_total\":4,"
                + "\"bytes_downloaded\":30,\"bytes_total\":50}";
        SecondaryProgress progress = SecondaryProgress.parse(Json.parse(body));
        assertThat(Json.text(progress)).isEqualTo(body);
        assertThat(Json.mapper().readValue(body, SecondaryProgress.class)).isEqualTo(progress);
        assertThat(progress.isComplete()).isFalse();
        assertThat(progress.bytesMissing()).isEqualTo(20);
        assertThat(SecondaryProgress.NONE.isComplete()).isFalse();
        assertThat(new SecondaryProgress("2024-09-01T00:00:00.123Z", 4, 4, 50, 50).isComplete())
                .isTrue();
        assertThat(Json.text(SecondaryProgress.NONE)).startsWith("{\"heatmap_mtime\":null,\"layers_downloaded\":0");
    }

    @Test
    void secondaryProgressAddsUp() {
        SecondaryProgress early = new SecondaryProgress("2024-09-01T00:00:00.123Z", 1, 2, 10, 20);
        SecondaryProgress late = new SecondaryProgress("2024-09-02T00:00:00.123Z", 3, 4, 30, 40);
        assertThat(late.plus(early)).isEqualTo(new SecondaryProgress("2024-09-01T00:00:00.123Z", 4, 6, 40, 60));
        assertThat(late.plus(early)).isEqualTo(early.plus(late));
        assertThat(SecondaryProgress.NONE.plus(late)).isEqualTo(late);
    }

    @Test
    void aTimelineKeepsWhatNobodyReads() throws Exception {
        String body = "{\"tenant_id\":\"" + SHARD + "\",\"timeline_id\":\"" + TIMELINE
                + "\",\"last_record_lsn\":\"0/16B5A50\",\"last_received_msg_ts\":340282366920938463463374607431768211455,"
                + "\"ancestor_lsn\":null,\"pg_version\":16,\"state\":{\"Broken\":{\"reason\":\"x\",\"n\":1.50}},\"newer\":[]}";
        TimelineInfo timeline = TimelineInfo.parse(Json.parse(body));
        assertThat(timeline.timelineId()).isEqualTo(TimelineId.of(TIMELINE));
        assertThat(timeline.tenantId()).contains(SHARD);
        assertThat(timeline.lastRecordLsn()).contains(Lsn.of("0/16B5A50"));
        assertThat(timeline.ancestorLsn()).isEmpty();
        assertThat(timeline.ancestorTimelineId()).isEmpty();
        assertThat(timeline.imageConsistentLsn()).isEmpty();
        assertThat(timeline.pgVersion()).hasValue(16);
        assertThat(Json.text(timeline)).isEqualTo(body);
        assertThat(Json.mapper().readValue(body, TimelineInfo.class)).isEqualTo(timeline);
    }

    @Test
    void aTimelineIsNotChangedThroughItsJson() {
        ObjectNode source = Json.object().put("timeline_id", TIMELINE);
        TimelineInfo timeline = TimelineInfo.parse(source);
        source.removeAll();
        timeline.toJson().removeAll();
        assertThat(timeline.toJson()).isEqualTo(Json.object().put("timeline_id", TIMELINE));
    }

    @Test
    void aTimelineSaysWhichFieldItCannotRead() {
        assertThatThrownBy(() -> TimelineInfo.parse(Json.object()))
                .isInstanceOf(UnreadableBody.class)
                .hasMessage("timeline: missing field `timeline_id`");
        TimelineInfo odd =
                TimelineInfo.parse(Json.object().put("timeline_id", TIMELINE).put("last_record_lsn", "?"));
        assertThatThrownBy(odd::lastRecordLsn)
                .isInstanceOf(UnreadableBody.class)
                .hasMessageStartingWith("timeline: last_record_lsn: ");
        assertThatThrownBy(() -> TimelineInfo.parseList(Json.object())).isInstanceOf(UnreadableBody.class);
        assertThat(TimelineInfo.parseList(Json.array().add(odd.toJson()))).containsExactly(odd);
    }
}
