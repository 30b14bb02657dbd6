package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.id.PlanId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlansTest extends LedgerFixture {
    private final PlanId plan = PlanId.random();

    private PlanId stored() {
        PlanId id = PlanId.random();
        ledger.storePlan(id, "{}");
        return id;
    }

    private void grow(PlanId id, Duration older) throws SQLException {
        try (Connection connection = database.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "UPDATE plan SET made_at = made_at - ? * interval '1 second' WHERE id = ?")) {
            statement.setLong(1, older.toSeconds());
            statement.setString(2, id.value());
            statement.executeUpdate();
        }
    }

    @Test
    void planIsThereAsItWasStored() {
        assertThat(ledger.plan(plan)).isEmpty();
        assertThat(ledger.keepPlanForOperation(plan)).isFalse();

        ledger.storePlan(plan, "{\"a\": \"é\"}");
        ledger.storePlan(plan, "another");

        StoredPlan found = ledger.plan(plan).orElseThrow();
        assertThat(found.document()).isEqualTo("{\"a\": \"é\"}");
        assertThat(found.applied()).isFalse();
        assertThat(found.age()).isBetween(Duration.ZERO, Duration.ofMinutes(5));
    }

    @Test
    void planThatIsCarriedOutOutlivesTheOthers() throws SQLException {
        ledger.storePlan(plan, "{}");
        PlanId other = stored();
        assertThat(ledger.keepPlanForOperation(plan)).isTrue();
        grow(plan, Plans.UNAPPLIED_MAX.plusMinutes(1));
        grow(other, Plans.UNAPPLIED_MAX.plusMinutes(1));

        stored();

        assertThat(ledger.plan(plan)).map(StoredPlan::applied).contains(true);
        assertThat(ledger.plan(other)).isEmpty();

        grow(plan, Plans.APPLIED_MAX);
        stored();
        assertThat(ledger.plan(plan)).isEmpty();
    }

    @Test
    void onlyTheNewestAreKept() {
        ledger.storePlan(plan, "{}");
        ledger.keepPlanForOperation(plan);
        List<PlanId> plans = new ArrayList<>();
        for (int i = 0; i <= Plans.UNAPPLIED_KEPT; i++) {
            plans.add(stored());
        }

        assertThat(ledger.plan(plans.getFirst())).isEmpty();
        assertThat(plans.subList(1, plans.size()))
                .allSatisfy(kept -> assertThat(ledger.plan(kept)).isPresent());
        assertThat(ledger.plan(plan)).isPresent();
    }

    @Test
    void thoseCarriedOutAreBoundedToo() {
        ledger.storePlan(plan, "{}");
        ledger.keepPlanForOperation(plan);
        for (int i = 0; i < Plans.APPLIED_KEPT; i++) {
            ledger.keepPlanForOperation(stored());
        }

        stored();

        assertThat(ledger.plan(plan)).isEmpty();
    }
}
