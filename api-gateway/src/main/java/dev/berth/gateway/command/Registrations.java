package dev.berth.gateway.command;

import dev.berth.gateway.error.ApiError;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.NodeRow;
import dev.berth.ledger.RegistrationResult;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRegistration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Registering pageservers in the ledger, by themselves or inside a re-attach: the same checks and conflicts (http-api 6.1). */
public final class Registrations {
    private final Ledger ledger;

    public Registrations(Ledger ledger) {
        this.ledger = ledger;
    }

    public void register(NodeRegistration registration) {
        check(registration);
        switch (ledger.register(registration)) {
            case RegistrationResult.Registered registered -> {}
            case RegistrationResult.Unchanged unchanged -> {}
            case RegistrationResult.Updated updated -> {}
            case RegistrationResult.AddressConflict conflict -> throw addressConflict();
            case RegistrationResult.Tombstoned tombstoned -> throw tombstoned(registration.id());
        }
    }

    /** What is checked before the ledger is written: only news need to be reachable by name. */
    public void check(NodeRegistration registration) {
        if ((registration.listenGrpcAddr() == null) != (registration.listenGrpcPort() == null)) {
            throw ApiError.badRequest("must specify both gRPC address and port");
        }
        Optional<NodeRow> known = ledger.node(registration.id());
        boolean unchanged = known.isPresent() && known.get().registration().equals(registration);
        boolean refused = known.isPresent()
                && (known.get().deleted() || !known.get().registration().sameIdentity(registration));
        if (!unchanged && !refused && !resolves(registration.listenHttpAddr())) {
            throw ApiError.unavailable("Node " + registration.id() + " tried to register with unknown DNS name '"
                    + registration.listenHttpAddr() + "'");
        }
    }

    public static ApiError addressConflict() {
        return ApiError.conflict("Node is already registered with different address");
    }

    public static ApiError tombstoned(NodeId node) {
        return ApiError.conflict("Node " + node + " is already exists");
    }

    private static boolean resolves(String host) {
        try {
            return InetAddress.getByName(host) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
