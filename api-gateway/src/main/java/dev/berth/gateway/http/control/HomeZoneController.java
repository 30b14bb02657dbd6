package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonIn;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.SetHomeZones.HomeZone;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The availability zones that tenants prefer (http-api 8.4). */
public final class HomeZoneController {
    private final Cell cell;

    public HomeZoneController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(Route.put("/control/v1/preferred_azs", "control_v1_preferred_azs", this::set));
    }

    private Answer set(Call call) {
        List<HomeZone> wanted = read(call.json());
        JsonOut out = new JsonOut(64 + wanted.size() * 48).raw("{\"updated\":[");
        boolean more = false;
        for (int from = 0; from < wanted.size(); from += Limits.HOME_ZONES_PER_COMMAND) {
            List<HomeZone> slice = wanted.subList(from, Math.min(wanted.size(), from + Limits.HOME_ZONES_PER_COMMAND));
            // One id of the caller's is for one command; what is repeated here changes nothing.
            Cell.Origin origin = wanted.size() <= Limits.HOME_ZONES_PER_COMMAND
                    ? call.origin()
                    : new Cell.Origin(call.requestId(), null);
            if (cell.submit(origin, new SetHomeZones(slice)).reply() instanceof Reply.HomeZonesSet set) {
                for (TenantShardId shard : set.shards()) {
                    out.comma(more).shard(shard);
                    more = true;
                }
            }
        }
        return Answer.json(out.raw("]}"));
    }

    private static List<HomeZone> read(JsonIn body) {
        List<HomeZone> zones = new ArrayList<>();
        Map<TenantId, HomeZone> ofTenant = new HashMap<>();
        body.fields().fieldNames().forEachRemaining(name -> {
            HomeZone zone = new HomeZone(shard(body, name), body.optional(name, JsonIn::string));
            HomeZone other = ofTenant.putIfAbsent(zone.shard().tenant(), zone);
            if (other != null && !Objects.equals(other.zone(), zone.zone())) {
                throw ApiError.badRequest("All shards of a tenant prefer one availability zone: " + other.shard()
                        + " and " + zone.shard() + " are given two");
            }
            zones.add(zone);
        });
        return zones;
    }

    private static TenantShardId shard(JsonIn body, String name) {
        try {
            return TenantShardId.of(name);
        } catch (IllegalArgumentException e) {
            throw body.error(String.valueOf(e.getMessage()));
        }
    }
}
