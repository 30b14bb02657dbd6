package dev.berth.gateway.http.upcall;

import dev.berth.gateway.command.Registrations;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.ReattachResult;
import dev.berth.ledger.Validation;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Re-attach and validate (http-api 5). */
public final class UpcallController {
    private static final Logger LOG = LoggerFactory.getLogger(UpcallController.class);
    private static final int LOCATION_BYTES = 110;
    private static final int VALIDATION_BYTES = 64;

    private final Ledger ledger;
    private final Registrations registrations;

    public UpcallController(Ledger ledger, Registrations registrations) {
        this.ledger = ledger;
        this.registrations = registrations;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/upcall/v1/re-attach", "upcall_v1_reattach", this::reattach),
                Route.post("/upcall/v1/validate", "upcall_v1_validate", this::validate));
    }

    private Answer reattach(Call call) {
        ReattachBody body = ReattachBody.read(call.json());
        body.request().registration().ifPresent(registrations::check);
        return switch (ledger.reattach(body.request())) {
            case ReattachResult.Reattached reattached -> {
                LOG.atInfo()
                        .addKeyValue("node", body.request().node())
                        .addKeyValue("epoch", reattached.epoch())
                        .addKeyValue("locations", reattached.locations().size())
                        .log("node re-attached");
                yield Answer.json(locations(reattached.locations()));
            }
            case ReattachResult.AddressConflict conflict -> throw Registrations.addressConflict();
            case ReattachResult.NodeDeleted deleted ->
                throw body.request().registration().isPresent()
                        ? Registrations.tombstoned(body.request().node())
                        : ApiError.internal(
                                "Node " + body.request().node() + " is marked as deleted, re-attach is not allowed");
        };
    }

    private static JsonOut locations(List<ReattachResult.Location> locations) {
        JsonOut out = new JsonOut(16 + locations.size() * LOCATION_BYTES).raw("{\"tenants\":[");
        boolean more = false;
        for (ReattachResult.Location location : locations) {
            out.comma(more).raw("{\"id\":").shard(location.shard()).raw(",\"gen\":");
            if (location.generation() == null) {
                out.raw("null,\"mode\":\"Secondary\"");
            } else {
                out.number(location.generation().value()).raw(",\"mode\":\"AttachedSingle\"");
            }
            out.raw(",\"stripe_size\":").number(location.stripeSize()).raw("}");
            more = true;
        }
        return out.raw("]}");
    }

    private Answer validate(Call call) {
        List<Validation> validations = ledger.validate(ValidateBody.read(call));
        JsonOut out = new JsonOut(16 + validations.size() * VALIDATION_BYTES).raw("{\"tenants\":[");
        boolean more = false;
        for (Validation validation : validations) {
            out.comma(more)
                    .raw("{\"id\":")
                    .shard(validation.shard())
                    .raw(",\"valid\":")
                    .bool(validation.valid())
                    .raw("}");
            more = true;
        }
        return Answer.json(out.raw("]}"));
    }
}
