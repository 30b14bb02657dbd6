package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRegistration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NodeRegistrationTest extends LedgerFixture {
    private final NodeRegistration node = node(NODE_1);
    private final NodeRegistration withPorts = new NodeRegistration(
            NODE_1, node.listenPgAddr(), 6400, node.listenHttpAddr(), 9898, 9899, "grpc", 51051, "az-1");

    @Test
    void p4NewNodeIsStoredWithItsFactForTheLog() {
        assertThat(ledger.register(node)).isEqualTo(new RegistrationResult.Registered());

        assertThat(ledger.node(NODE_1).orElseThrow().registration()).isEqualTo(node);
        assertThat(relayed())
                .extracting(row -> row.envelope().command())
                .containsExactly(new ReportNodeRegistered(node));
    }

    @Test
    void sameRegistrationAgainChangesNothing() {
        ledger.register(withPorts);
        relayed();

        assertThat(ledger.register(withPorts)).isEqualTo(new RegistrationResult.Unchanged());
        assertThat(relayed()).isEmpty();
    }

    @Test
    void httpsAndGrpcMayChange() {
        ledger.register(node);
        relayed();

        assertThat(ledger.register(withPorts)).isEqualTo(new RegistrationResult.Updated());
        assertThat(ledger.node(NODE_1).orElseThrow().registration()).isEqualTo(withPorts);
        assertThat(relayed())
                .extracting(row -> row.envelope().command())
                .containsExactly(new ReportNodeRegistered(withPorts));
    }

    @Test
    void addressPortsAndZoneMayNot() {
        ledger.register(node);
        relayed();

        Stream.of(
                        new NodeRegistration(NODE_1, "else", 6400, "http-1", 9898, null, null, null, "az-1"),
                        new NodeRegistration(NODE_1, "pg-1", 6401, "http-1", 9898, null, null, null, "az-1"),
                        new NodeRegistration(NODE_1, "pg-1", 6400, "else", 9898, null, null, null, "az-1"),
                        new NodeRegistration(NODE_1, "pg-1", 6400, "http-1", 9899, null, null, null, "az-1"),
                        new NodeRegistration(NODE_1, "pg-1", 6400, "http-1", 9898, 9899, null, null, "az-2"))
                .forEach(other ->
                        assertThat(ledger.register(other)).isEqualTo(new RegistrationResult.AddressConflict(node)));
        assertThat(ledger.node(NODE_1).orElseThrow().registration()).isEqualTo(node);
        assertThat(relayed()).isEmpty();
    }

    @Test
    void p4TombstonedIdIsNotRegisteredAgain() {
        ledger.register(node);
        assertThat(ledger.deleteNode(NODE_1)).isTrue();
        assertThat(ledger.deleteNode(NODE_1)).isFalse();
        relayed();

        assertThat(ledger.register(node)).isEqualTo(new RegistrationResult.Tombstoned());
        assertThat(ledger.node(NODE_1).orElseThrow().deleted()).isTrue();
        assertThat(relayed()).isEmpty();
    }

    @Test
    void nodesAreListedByUnsignedId() {
        NodeId great = NodeId.of("18446744073709551615");
        ledger.register(node(great));
        ledger.register(node(NODE_2));
        ledger.register(node);

        assertThat(ledger.nodes()).extracting(row -> row.registration().id()).containsExactly(NODE_1, NODE_2, great);
    }

    @Test
    void ofManyThatRegisterANewNodeAtOnceOneDoes() throws Exception {
        Callable<RegistrationResult> register = () -> ledger.register(node);

        assertThat(BumpTest.together(List.of(register, register, register, register)))
                .containsExactlyInAnyOrder(
                        new RegistrationResult.Registered(),
                        new RegistrationResult.Unchanged(),
                        new RegistrationResult.Unchanged(),
                        new RegistrationResult.Unchanged());
        assertThat(relayed()).hasSize(1);
    }
}
