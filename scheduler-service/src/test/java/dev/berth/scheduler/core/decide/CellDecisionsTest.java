package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static dev.berth.scheduler.core.decide.Scenario.failing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.event.CellCreated;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.Reply;
import org.junit.jupiter.api.Test;

class CellDecisionsTest {
    private static int outstanding(Scenario scenario) {
        return ((Reply.Quiescence) scenario.when(new RequestQuiescence()).reply()).outstanding();
    }

    @Test
    void cellIsCreatedOnceWithItsIncarnation() {
        Scenario scenario = Scenario.withNodes(0).when(new CreateCell("cell", 42));

        assertThat(scenario.onlyEvent(CellCreated.class).incarnation()).isEqualTo(42);
        assertThat(scenario.state.cell().name()).isEqualTo("cell");
    }

    @Test
    void tickWithNothingDueDecidesNothing() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1).when(new Tick());
        scenario.when(new Tick());

        assertThat(scenario.events()).isEmpty();
        assertThat(NextTick.dueAt(scenario.state)).isGreaterThan(scenario.now());
    }

    @Test
    void whatIsDueIsNotDueAgainAfterATick() {
        Scenario scenario = Scenario.withNodes(2)
                .tenantAttached(1)
                .when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null))
                .workFails()
                .when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.STOP));

        scenario.after(Limits.RETRY_LAST_MS).when(new Tick());

        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();
        assertThat(NextTick.dueAt(scenario.state)).isGreaterThan(scenario.now());
    }

    @Test
    void askingForQuiescenceTriesWhatWaitsForARetry() {
        Scenario scenario = Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)));
        scenario.workFails();

        assertThat(outstanding(scenario)).isPositive();

        assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(1);
    }

    @Test
    void eachKindOfWaitingKeepsTheCellFromBeingQuiet() {
        assertThat(outstanding(Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)))))
                .as("work in flight")
                .isPositive();
        assertThat(outstanding(Scenario.withNodes(1)
                        .when(Scenario.create(PlacementPolicy.attached(0)))
                        .workSucceeds()))
                .as("computes do not know")
                .isPositive();
        assertThat(outstanding(Scenario.withNodes(1).tenantAttached(0).when(failing(NodeId.of(1)))))
                .as("unscheduled")
                .isPositive();
        assertThat(outstanding(Scenario.withNodes(1)
                        .tenantAttached(0)
                        .when(new DeleteTenant(TENANT))
                        .workSucceeds()))
                .as("an open operation")
                .isPositive();
        assertThat(outstanding(Scenario.withNodes(1).tenantAttached(0)))
                .as("nothing")
                .isZero();
    }
}
