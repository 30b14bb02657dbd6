package dev.berth.workers.notify;

import static dev.berth.workers.notify.NotifierFixture.PARTITION;
import static dev.berth.workers.notify.NotifierFixture.TENANT;
import static dev.berth.workers.notify.NotifierFixture.mapping;
import static dev.berth.workers.notify.NotifierFixture.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.MappingReport.Result;
import dev.berth.workers.notify.FakeReceiver.Heard;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** P21: who is told what, when and how often. */
class ComputeNotifierTest {
    private static final Duration LATENESS = Duration.ofMillis(600);

    private static void holdsFor(Duration time, Runnable assertion) {
        await().during(time).atMost(time.plusSeconds(5)).untilAsserted(assertion::run);
    }

    @Test
    void reportsWhatWasApplied() {
        FakeReceiver receiver = new FakeReceiver();
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(1, 7));

            await().untilAsserted(() -> assertThat(fixture.reports)
                    .containsExactly(
                            new MappingReport(TENANT, NotifierFixture.INCARNATION, 1, Result.ACKNOWLEDGED, null)));
        }
    }

    @Test
    void tellsOneTenantByOneRequestAtATimeAndSkipsWhatIsOutdated() {
        FakeReceiver receiver = new FakeReceiver();
        receiver.hold(TENANT);
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(1, 7));
            await().until(() -> receiver.inFlight() == 1);
            fixture.tell(mapping(2, 8));
            fixture.tell(mapping(3, 9));
            holdsFor(
                    Duration.ofMillis(100),
                    () -> assertThat(receiver.numbers(TENANT)).containsExactly(1L));
            receiver.release(TENANT);

            await().untilAsserted(() -> assertThat(fixture.acknowledged(TENANT)).containsExactly(3L));
            assertThat(receiver.numbers(TENANT)).containsExactly(1L, 3L);
            assertThat(receiver.inFlightMax()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerToAnOutdatedMappingIsNoAcknowledgement() {
        FakeReceiver receiver = new FakeReceiver();
        receiver.hold(TENANT);
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(1, 7));
            await().until(() -> receiver.inFlight() == 1);
            fixture.tell(mapping(2, 8));
            receiver.release(TENANT);

            await().untilAsserted(() -> assertThat(fixture.acknowledged(TENANT)).contains(2L));
            assertThat(fixture.acknowledged(TENANT)).doesNotContain(1L);
        }
    }

    @Test
    void ignoresWhatIsNotNewer() {
        FakeReceiver receiver = new FakeReceiver();
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(2, 8));
            await().until(() -> fixture.acknowledged(TENANT).equals(List.of(2L)));
            fixture.tell(mapping(1, 7));
            fixture.tell(mapping(2, 8));

            holdsFor(
                    Duration.ofMillis(100),
                    () -> assertThat(receiver.numbers(TENANT)).containsExactly(2L));
            assertThat(fixture.notifier.lag().tenants()).isZero();
        }
    }

    @Test
    void repeatsForEverAndReportsTheSameReasonEverMoreSeldom() {
        FakeReceiver receiver = new FakeReceiver();
        receiver.drop(TENANT);
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(1, 7));

            await().until(() -> receiver.heard(TENANT).size() > 30);
            assertThat(fixture.reports).hasSizeBetween(5, 6);
            assertThat(fixture.reports).allSatisfy(report -> {
                assertThat(report.result()).isEqualTo(Result.FAILED);
                assertThat(report.detail()).contains("dropped");
            });
            assertThat(fixture.reports).extracting(MappingReport::attempts).startsWith(1, 2, 4, 8, 16);
        }
    }

    @Test
    void showsTheLagUntilItIsOver() {
        FakeReceiver receiver = new FakeReceiver();
        receiver.drop(tenant(1));
        receiver.hold(tenant(2));
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(tenant(1), 1, 7));
            fixture.tell(mapping(tenant(2), 1, 7));
            fixture.tell(mapping(tenant(3), 1, 7));

            await().until(() -> fixture.notifier.lag().tenants() == 2
                    && fixture.notifier.lag().longest().toMillis() > 100);
            receiver.release(tenant(2));
            await().until(() -> fixture.notifier.lag().tenants() == 1);
            fixture.notifier.removed(PARTITION, tenant(1));
            assertThat(fixture.notifier.lag().tenants()).isZero();
            assertThat(fixture.notifier.lag().longest()).isZero();
        }
    }

    @Test
    void tellsAgainWhenTheReceiverWasBusy() {
        FakeReceiver receiver = new FakeReceiver().answer(FakeReceiver.BUSY, FakeReceiver.DOWN, FakeReceiver.BUSY);
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(1, 7));

            await().until(() -> !fixture.acknowledged(TENANT).isEmpty());
            assertThat(fixture.reports)
                    .extracting(MappingReport::result)
                    .containsExactly(Result.BUSY, Result.FAILED, Result.BUSY, Result.ACKNOWLEDGED);
        }
    }

    @Test
    void aSlowedDownTenantWaitsEvenWithNews() {
        FakeReceiver receiver = new FakeReceiver().answer(FakeReceiver.SLOW_DOWN);
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(1, 7));
            await().until(() -> fixture.reports.size() == 1);
            fixture.tell(mapping(2, 8));
            await().until(() -> !fixture.acknowledged(TENANT).isEmpty());

            assertThat(receiver.numbers(TENANT)).containsExactly(1L, 2L);
            List<Heard> heard = receiver.heard(TENANT);
            long pause = heard.get(1).atNanos() - heard.get(0).atNanos();
            assertThat(Duration.ofNanos(pause)).isGreaterThanOrEqualTo(NotifierFixture.BRISK.slowDown());
        }
    }

    @Test
    void newsEndAPauseAndAreSentOnce() {
        Pace patient = new Pace(
                Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofSeconds(1), 1_000);
        FakeReceiver receiver = new FakeReceiver().answer(FakeReceiver.DOWN);
        try (NotifierFixture fixture = new NotifierFixture(receiver, patient).caughtUp()) {
            fixture.tell(mapping(1, 7));
            await().until(() -> fixture.reports.size() == 1);
            fixture.tell(mapping(2, 8));

            await().untilAsserted(() -> assertThat(fixture.acknowledged(TENANT)).containsExactly(2L));
            assertThat(receiver.numbers(TENANT)).containsExactly(1L, 2L);
        }
    }

    @Test
    void tenantsThatHangHoldUpNobody() {
        FakeReceiver receiver = new FakeReceiver();
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            for (int i = 0; i < 20; i++) {
                receiver.hold(tenant(i));
                fixture.tell(mapping(tenant(i), 1, 7));
            }
            for (int i = 100; i < 200; i++) {
                fixture.tell(mapping(tenant(i), 1, 7));
            }

            await().untilAsserted(() -> assertThat(IntStream.range(100, 200))
                    .allSatisfy(i -> assertThat(fixture.acknowledged(tenant(i))).containsExactly(1L)));
            assertThat(receiver.inFlight()).isEqualTo(20);
        }
    }

    @Test
    void whatFailsTakesHalfOfThePlacesAtMost() {
        FakeReceiver receiver = new FakeReceiver();
        for (int i = 0; i < 40; i++) {
            receiver.answer(FakeReceiver.DOWN);
        }
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            List<TenantId> stuck =
                    IntStream.range(0, 40).mapToObj(NotifierFixture::tenant).toList();
            stuck.forEach(receiver::hold);
            stuck.forEach(tenant -> fixture.tell(mapping(tenant, 1, 7)));
            await().until(() -> receiver.inFlight() == 32);
            stuck.forEach(tenant -> {
                receiver.release(tenant);
                receiver.hold(tenant);
            });
            await().until(() -> fixture.reports.size() >= 32);
            fixture.tell(mapping(tenant(500), 1, 7));

            await().until(() -> fixture.acknowledged(tenant(500)).equals(List.of(1L)));
            assertThat(receiver.inFlightMax()).isEqualTo(32);
        }
    }

    @Test
    void afterATakeoverFirstTellsWhatTheStateShowsAsNotAcknowledged() {
        FakeReceiver receiver = new FakeReceiver(LATENESS);
        try (NotifierFixture fixture = new NotifierFixture(receiver)) {
            ComputeMapping done = mapping(tenant(1), 4, 7);
            ComputeMapping open = mapping(tenant(2), 6, 8);
            fixture.folded(done, 4);
            fixture.folded(open, 5);
            fixture.notifier.assigned(PARTITION);
            fixture.tell(mapping(tenant(2), 5, 7));
            fixture.tell(open);
            fixture.tell(done);
            holdsFor(
                    Duration.ofMillis(50),
                    () -> assertThat(receiver.numbers(tenant(2))).isEmpty());
            fixture.notifier.caughtUp(PARTITION);

            await().until(() -> receiver.numbers(tenant(2)).equals(List.of(6L)));
            assertThat(receiver.numbers(tenant(1))).isEmpty();
        }
    }

    @Test
    void afterATakeoverAnAcknowledgementCountsOnceThePredecessorsRequestsAreOver() {
        FakeReceiver receiver = new FakeReceiver(LATENESS);
        try (NotifierFixture fixture = new NotifierFixture(receiver)) {
            ComputeMapping open = mapping(6, 8);
            fixture.folded(open, 5);
            long assigned = System.nanoTime();
            fixture.notifier.assigned(PARTITION);
            fixture.tell(open);
            fixture.notifier.caughtUp(PARTITION);

            await().until(() -> fixture.acknowledged(TENANT).equals(List.of(6L)));
            List<Heard> heard = receiver.heard(TENANT);
            assertThat(heard).hasSize(2);
            assertThat(Duration.ofNanos(heard.get(0).atNanos() - assigned)).isLessThan(LATENESS);
            assertThat(Duration.ofNanos(heard.get(1).atNanos() - assigned)).isGreaterThanOrEqualTo(LATENESS);
        }
    }

    @Test
    void afterATakeoverRepeatsAcknowledgedMappingsOnceThePredecessorsRequestsAreOver() {
        FakeReceiver receiver = new FakeReceiver(LATENESS);
        try (NotifierFixture fixture = new NotifierFixture(receiver)) {
            long assigned = System.nanoTime();
            fixture.notifier.assigned(PARTITION);
            for (int i = 0; i < 20; i++) {
                fixture.folded(mapping(tenant(i), 4, 7), 4);
                fixture.tell(mapping(tenant(i), 4, 7));
            }
            fixture.notifier.caughtUp(PARTITION);

            for (int i = 0; i < 20; i++) {
                TenantId tenant = tenant(i);
                await().until(() -> receiver.numbers(tenant).equals(List.of(4L)));
                long at = receiver.heard(tenant).getFirst().atNanos();
                assertThat(Duration.ofNanos(at - assigned)).isGreaterThanOrEqualTo(LATENESS);
            }
            assertThat(fixture.reports).isEmpty();
        }
    }

    @Test
    void aRepeatThatFailsIsReportedAndRepeatedUntilItIsApplied() {
        FakeReceiver receiver = new FakeReceiver(Duration.ofMillis(50)).answer(FakeReceiver.DOWN);
        try (NotifierFixture fixture = new NotifierFixture(receiver)) {
            fixture.notifier.assigned(PARTITION);
            fixture.folded(mapping(4, 7), 4);
            fixture.tell(mapping(4, 7));
            fixture.notifier.caughtUp(PARTITION);

            await().untilAsserted(() -> assertThat(fixture.reports)
                    .extracting(MappingReport::result)
                    .containsExactly(Result.FAILED, Result.ACKNOWLEDGED));
        }
    }

    @Test
    void aTenantThatIsNewAfterATakeoverWaitsForNothing() {
        FakeReceiver receiver = new FakeReceiver(Duration.ofMinutes(5));
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(1, 7));

            await().until(() -> fixture.acknowledged(TENANT).equals(List.of(1L)));
        }
    }

    @Test
    void tellsATenantThatTheStateDoesNotShowYet() {
        FakeReceiver receiver = new FakeReceiver().answer(FakeReceiver.DOWN);
        try (NotifierFixture fixture = new NotifierFixture(receiver)) {
            fixture.notifier.assigned(PARTITION);
            fixture.tell(mapping(1, 7));
            fixture.notifier.caughtUp(PARTITION);

            await().until(() -> fixture.acknowledged(TENANT).equals(List.of(1L)));
        }
    }

    @Test
    void aLostAcknowledgementIsReportedAgainWithoutTellingAgain() {
        FakeReceiver receiver = new FakeReceiver();
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.folded(mapping(1, 7), 0);
            fixture.tell(mapping(1, 7));

            await().until(() -> fixture.acknowledged(TENANT).equals(List.of(1L, 1L)));
            fixture.folded(mapping(1, 7), 1);
            int reported = fixture.reports.size();
            holdsFor(
                    Duration.ofMillis(700),
                    () -> assertThat(fixture.reports.size()).isBetween(reported, reported + 1));
            assertThat(receiver.numbers(TENANT)).containsExactly(1L);
        }
    }

    @Test
    void aPredecessorsLateFailureIsMadeGood() {
        FakeReceiver receiver = new FakeReceiver(Duration.ofMinutes(5));
        try (NotifierFixture fixture = new NotifierFixture(receiver)) {
            fixture.folded(mapping(4, 7), 4);
            fixture.notifier.assigned(PARTITION);
            fixture.tell(mapping(4, 7));
            fixture.notifier.caughtUp(PARTITION);
            holdsFor(
                    Duration.ofMillis(400),
                    () -> assertThat(receiver.numbers(TENANT)).isEmpty());
            fixture.folded(mapping(4, 7), 0);

            await().until(() -> receiver.numbers(TENANT).equals(List.of(4L)));
        }
    }

    @Test
    void stopsTellingWhatIsNoLongerItsOwn() {
        FakeReceiver receiver = new FakeReceiver();
        receiver.hold(tenant(1));
        receiver.drop(tenant(2));
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(tenant(1), 1, 7));
            fixture.tell(mapping(tenant(2), 1, 7));
            await().until(() ->
                    receiver.inFlight() >= 1 && receiver.heard(tenant(2)).size() > 2);
            fixture.notifier.revoked(PARTITION);

            await().until(() -> receiver.interrupted.get() == 1);
            await().until(() -> receiver.inFlight() == 0);
            int heard = receiver.heard(tenant(2)).size();
            holdsFor(
                    Duration.ofMillis(150),
                    () -> assertThat(receiver.heard(tenant(2))).hasSize(heard));
            assertThat(fixture.acknowledged(tenant(1))).isEmpty();
        }
    }

    @Test
    void stopsTellingARemovedTenant() {
        FakeReceiver receiver = new FakeReceiver();
        receiver.drop(TENANT);
        try (NotifierFixture fixture = new NotifierFixture(receiver).caughtUp()) {
            fixture.tell(mapping(1, 7));
            await().until(() -> receiver.heard(TENANT).size() > 2);
            fixture.notifier.removed(PARTITION, TENANT);

            await().during(Duration.ofMillis(150)).until(() -> receiver.inFlight() == 0);
            int heard = receiver.heard(TENANT).size();
            holdsFor(
                    Duration.ofMillis(100),
                    () -> assertThat(receiver.heard(TENANT)).hasSize(heard));
        }
    }

    @Test
    void withoutAControlPlaneEverythingIsAcknowledgedAtOnce() {
        try (NotifierFixture fixture = new NotifierFixture(new LoggedMappings())) {
            ComputeMapping open = mapping(6, 8);
            fixture.folded(open, 5);
            fixture.notifier.assigned(PARTITION);
            fixture.tell(open);
            fixture.notifier.caughtUp(PARTITION);
            fixture.tell(mapping(tenant(2), 1, 7, 8));

            await().until(() -> fixture.acknowledged(TENANT).equals(List.of(6L))
                    && fixture.acknowledged(tenant(2)).equals(List.of(1L)));
        }
    }
}
