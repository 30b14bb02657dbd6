package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What callers of the API rely on: the status and body of every endpoint, and of every kind of error it answers. */
class HttpContractTest {
    private static final String ATTACHED = "000000000000000000000000000000a1";
    private static final String SHARDED = "000000000000000000000000000000a4";
    private static final String SECONDARY = "000000000000000000000000000000b0";
    private static final String DETACHED = "000000000000000000000000000000d0";
    private static final String DELETING = "000000000000000000000000000000e0";
    private static final Map<String, String> NAMES = Map.of(
            "attached",
            ATTACHED,
            "sharded",
            SHARDED,
            "secondary",
            SECONDARY,
            "detached",
            DETACHED,
            "deleting",
            DELETING,
            "unknown",
            "ffffffffffffffffffffffffffffffff",
            "new",
            "00000000000000000000000000000c01",
            "tl",
            "00112233445566778899aabbccddeeff",
            "node 5",
            Bodies.node(5, "a"),
            "node 1",
            Bodies.node(1, "a"));

    private static FakeCell cell;
    private static Contract contract;

    @BeforeAll
    static void start() {
        cell = FakeCell.start();
        Http http = cell.http();
        for (int node = 1; node <= 3; node++) {
            http.post("/control/v1/node", Bodies.node(node, node == 2 ? "b" : "a"));
            cell.heartbeat(NodeId.of(node));
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> http.get("/control/v1/node").body().split("\"Active\",\"scheduling\"", -1).length == 4);
        http.post("/v1/tenant", Bodies.tenant(ATTACHED, 0, 1));
        http.post("/v1/tenant", Bodies.tenant(SHARDED, 4, 1));
        http.post("/v1/tenant", Bodies.tenant(DELETING, 0, 0));
        for (String policy : new String[] {"Secondary", "Detached"}) {
            String tenant = policy.equals("Secondary") ? SECONDARY : DETACHED;
            http.post(
                    "/v1/tenant",
                    "{\"new_tenant_id\": \"%s\", \"placement_policy\": \"%s\"}".formatted(tenant, policy));
        }
        cell.workers().holdOperations(true);
        cell.report(new DeleteTenant(TenantId.of(DELETING)));
        await("only the deletion is open")
                .atMost(Duration.ofSeconds(30))
                .until(() -> isDetached(http, DELETING)
                        && http.post("/debug/v1/reconcile_all", "").body().equals("1"));
        contract = new Contract(http, NAMES);
    }

    private static boolean isDetached(Http http, String tenant) {
        return http.get("/control/v1/tenant/" + tenant)
                .json()
                .path("shards")
                .path(0)
                .path("node_attached")
                .isNull();
    }

    @AfterAll
    static void stop() {
        cell.close();
    }

    /** Operations are held here: nothing moves, and each is cancelled again. */
    @TestFactory
    Stream<DynamicTest> nodesAreDrainedFilledAndDeletedOneAtATime() {
        return contract.holds("""
                PUT    /control/v1/node/x/drain                    -> 400 msg failed to parse node_id
                PUT    /control/v1/node/999/drain                  -> 404 msg NotFound: Node 999 not registered
                PUT    /control/v1/node/999/fill                   -> 404 msg NotFound: Node 999 not registered
                PUT    /control/v1/node/999/delete                 -> 404 msg NotFound: Node 999 not registered
                DELETE /control/v1/node/999/drain                  -> 404 msg NotFound: Node 999 not registered
                DELETE /control/v1/node/999                        -> 200 null
                DELETE /control/v1/node/2/drain                    -> 412 msg Precondition failed: Node 2 has no drain in progress
                DELETE /control/v1/node/2/fill                     -> 412 msg Precondition failed: Node 2 has no fill in progress
                DELETE /control/v1/node/2/delete                   -> 412 msg Precondition failed: Node 2 has no delete in progress
                PUT    /control/v1/node/2/drain                    -> 202 null
                PUT    /control/v1/node/2/drain                    -> 412 msg Precondition failed: Background operation already ongoing for node: drain 2
                PUT    /control/v1/node/3/fill                     -> 412 msg Precondition failed: Background operation already ongoing for node: drain 2
                DELETE /control/v1/node/3                          -> 412 msg Precondition failed: Background operation already ongoing for node: drain 2
                PUT    /control/v1/node/3/config {"node_id": 3, "scheduling": "Pause"} -> 412 msg Precondition failed: Ongoing background operation forbids configuring: drain 2
                DELETE /control/v1/node/2/fill                     -> 412 msg Precondition failed: Node 2 has no fill in progress
                DELETE /control/v1/node/2/drain                    -> 202 null
                PUT    /control/v1/node/2/fill                     -> 202 null
                DELETE /control/v1/node/2/fill                     -> 202 null
                PUT    /control/v1/node/2/delete?force=maybe       -> 400 msg cannot parse query param force: provided string was not `true` or `false`
                PUT    /control/v1/node/2/delete?force=true        -> 200 null
                DELETE /control/v1/node/2/delete                   -> 202 null
                PUT    /control/v1/node/2/config {"node_id": 2, "scheduling": "Draining"} -> 200 null
                PUT    /control/v1/node/2/drain                    -> 409 msg Conflict: Node 2 has drain in progress
                PUT    /control/v1/node/2/fill                     -> 412 msg Precondition failed: Node 2 cannot be filled due to Draining policy
                PUT    /control/v1/node/2/config {"node_id": 2, "scheduling": "Active"} -> 200 null
                GET    /debug/v1/tombstone                         -> 200 []
                DELETE /debug/v1/tombstone/2                       -> 409 msg Conflict: Node 2 is in use, consider using tombstone API first
                DELETE /debug/v1/tombstone/999                     -> 200 null
                """);
    }

    @TestFactory
    Stream<DynamicTest> idsThatCannotBeReadAreNamed() {
        return contract.holds("""
                GET    /control/v1/tenant/zz                       -> 400 msg failed to parse tenant_id
                GET    /control/v1/tenant/{sharded}-0104           -> 400 msg failed to parse tenant_id
                GET    /debug/v1/tenant/zz/locate                  -> 400 msg failed to parse tenant_id
                GET    /v1/tenant/zz/config                        -> 400 msg failed to parse tenant_id
                GET    /v1/tenant/zz                               -> 400 msg failed to parse tenant_id
                GET    /v1/tenant/zz/timeline                      -> 400 msg failed to parse tenant_id
                DELETE /v1/tenant/zz                               -> 400 msg failed to parse tenant_id
                DELETE /v1/tenant/{sharded}-0104                   -> 400 msg failed to parse tenant_id
                POST   /v1/tenant/zz/timeline {}                   -> 400 msg failed to parse tenant_id
                DELETE /v1/tenant/zz/timeline/zz                   -> 400 msg failed to parse tenant_id
                DELETE /v1/tenant/{attached}/timeline/zz           -> 400 msg failed to parse timeline_id
                PUT    /control/v1/tenant/zz/policy {}             -> 400 msg failed to parse tenant_id
                PUT    /control/v1/tenant/{sharded}-0104/policy {} -> 400 msg failed to parse tenant_id
                PUT    /control/v1/tenant/zz/migrate {}            -> 400 msg failed to parse tenant_shard_id
                PUT    /control/v1/tenant/{sharded}-zz/migrate {}  -> 400 msg failed to parse tenant_shard_id
                GET    /control/v1/node/x                          -> 400 msg failed to parse node_id
                GET    /control/v1/node/-1                         -> 400 msg failed to parse node_id
                GET    /control/v1/node/18446744073709551616       -> 400 msg failed to parse node_id
                GET    /control/v1/node/x/shards                   -> 400 msg failed to parse node_id
                PUT    /control/v1/node/x/config {}                -> 400 msg failed to parse node_id
                """);
    }

    @TestFactory
    Stream<DynamicTest> whatDoesNotExistIsNotFound() {
        return contract.holds("""
                GET    /control/v1/node/999                                                 -> 404 msg NotFound: Node 999 not registered
                GET    /control/v1/node/999/shards                                          -> 200 {"node_id": 999, "shards": []}
                PUT    /control/v1/node/999/config {"node_id": 999}                         -> 404 msg NotFound: Node not registered
                PUT    /control/v1/node/999/config {"node_id": 999, "availability": "Active"} -> 404 msg NotFound: Node 999 not registered
                PUT    /control/v1/node/999/config {"node_id": 999, "scheduling": "Pause"}  -> 500 msg Node node_id not found for update
                GET    /control/v1/tenant/{unknown}                                         -> 404 msg NotFound: Tenant {unknown} not found
                GET    /debug/v1/tenant/{unknown}/locate                                    -> 404 msg NotFound: No shards for this tenant ID found
                GET    /v1/tenant/{unknown}/config                                          -> 404 msg NotFound: Tenant not found
                PUT    /v1/tenant/config {"tenant_id": "{unknown}"}                         -> 404 msg NotFound: Tenant {unknown} not found
                PATCH  /v1/tenant/config {"tenant_id": "{unknown}", "gc_horizon": 5}        -> 404 msg NotFound: Tenant {unknown} not found
                DELETE /v1/tenant/{unknown}                                                 -> 404 msg NotFound: Tenant {unknown} not found
                GET    /v1/tenant/{unknown}                                                 -> 404 msg NotFound: Tenant {unknown} not found
                GET    /v1/tenant/{unknown}/timeline                                        -> 404 msg NotFound: Tenant {unknown} not found
                GET    /v1/tenant/{unknown}-0102                                            -> 404 msg NotFound: Tenant {unknown} not found
                POST   /v1/tenant/{unknown}/timeline {"new_timeline_id": "{tl}"}            -> 404 msg NotFound: Tenant not found
                DELETE /v1/tenant/{unknown}/timeline/{tl}                                   -> 404 msg NotFound: Tenant not found
                PUT    /control/v1/tenant/{unknown}/policy {}                               -> 404 msg NotFound: Tenant {unknown} not found
                PUT    /control/v1/tenant/{unknown}/policy {"placement": "Detached"}        -> 404 msg NotFound: Tenant {unknown} not found
                PUT    /control/v1/tenant/{unknown}/migrate {"node_id": 1}                  -> 404 msg NotFound: Tenant shard not found
                PUT    /control/v1/tenant/{sharded}/migrate {"node_id": 1}                  -> 404 msg NotFound: Tenant shard not found
                PUT    /control/v1/tenant/{sharded}-0102/migrate {"node_id": 1}             -> 404 msg NotFound: Tenant shard not found
                PUT    /control/v1/tenant/{unknown}/shard_split {"new_shard_count": 2}      -> 404 msg NotFound: Tenant {unknown} not found
                PUT    /control/v1/tenant/{unknown}/migrate {"node_id": 999}                -> 400 msg Node 999 not found
                POST   /debug/v1/inspect {"tenant_shard_id": "{unknown}"}                   -> 200 {"attachment": null}
                POST   /debug/v1/inspect {"tenant_shard_id": "{sharded}-0102"}              -> 200 {"attachment": null}
                """);
    }

    @TestFactory
    Stream<DynamicTest> bodiesThatCannotBeReadSayWhereAndWhat() {
        return contract.holds("""
                POST  /control/v1/node                                    -> 400 msg missing request body
                POST  /v1/tenant                                          -> 400 msg missing request body
                PUT   /v1/tenant/config                                   -> 400 msg missing request body
                PATCH /v1/tenant/config                                   -> 400 msg missing request body
                PUT   /control/v1/node/1/config                           -> 400 msg missing request body
                PUT   /control/v1/tenant/{attached}/policy                -> 400 msg missing request body
                PUT   /control/v1/tenant/{attached}/migrate               -> 400 msg missing request body
                POST  /v1/tenant/{attached}/timeline                      -> 400 msg missing request body
                POST  /debug/v1/inspect                                   -> 400 msg missing request body
                POST  /upcall/v1/re-attach                                -> 400 msg missing request body
                POST  /upcall/v1/validate                                 -> 400 msg missing request body
                POST  /control/v1/node {                                  -> 400 msg Failed to parse json request: Unexpected end-of-input: expected close marker for Object at line 1 column 2
                POST  /control/v1/node {} x                               -> 400 msg Failed to parse json request: ...
                POST  /control/v1/node null                               -> 400 msg Failed to parse json request: invalid type: null, expected an object
                POST  /control/v1/node []                                 -> 400 msg Failed to parse json request: invalid type: sequence, expected an object
                POST  /control/v1/node {}                                 -> 400 msg Failed to parse json request: missing field `node_id`
                POST  /control/v1/node {"node_id": -1}                    -> 400 msg Failed to parse json request: node_id: invalid value: integer `-1`, expected u64
                POST  /control/v1/node {"node_id": "1"}                   -> 400 msg Failed to parse json request: node_id: invalid type: string "1", expected u64
                POST  /control/v1/node {"node_id": 1.5}                   -> 400 msg Failed to parse json request: node_id: invalid type: floating point `1.5`, expected u64
                POST  /control/v1/node {"node_id": null}                  -> 400 msg Failed to parse json request: node_id: invalid type: null, expected u64
                POST  /control/v1/node {"node_id": 5, "node_ip_addr": 7}  -> 400 msg Failed to parse json request: node_ip_addr: invalid type: integer `7`, expected a string
                POST  /control/v1/node {"node_id": 5, "node_ip_addr": "x"} -> 400 msg Failed to parse json request: node_ip_addr: ...
                POST  /control/v1/node {"node_id": 5, "listen_pg_addr": 1} -> 400 msg Failed to parse json request: listen_pg_addr: invalid type: integer `1`, expected a string
                POST  /control/v1/node {"node_id": 5, "listen_pg_addr": "h", "listen_pg_port": 70000} -> 400 msg Failed to parse json request: listen_pg_port: invalid value: integer `70000`, expected u16
                PUT   /control/v1/node/1/config {"node_id": 2}            -> 400 msg Path and body node_id differ
                PUT   /control/v1/node/1/config {"node_id": 1, "availability": "Unavailable"} -> 400 msg Failed to parse json request: availability: unknown variant `Unavailable`, expected one of ...
                PUT   /control/v1/node/1/config {"node_id": 1, "scheduling": "pause"} -> 400 msg Failed to parse json request: scheduling: unknown variant `pause`, expected one of ...
                POST  /upcall/v1/re-attach {}                             -> 400 msg Failed to parse json request: missing field `node_id`
                POST  /upcall/v1/re-attach {"node_id": 777, "register": {}} -> 400 msg Failed to parse json request: register: missing field `node_id`
                POST  /upcall/v1/re-attach {"node_id": 777, "empty_local_disk": "x"} -> 400 msg Failed to parse json request: empty_local_disk: invalid type: string "x", expected a boolean
                POST  /upcall/v1/validate {}                              -> 400 msg Failed to parse json request: missing field `tenants`
                POST  /upcall/v1/validate {"tenants": {}}                 -> 400 msg Failed to parse json request: tenants: invalid type: map, expected a sequence
                POST  /upcall/v1/validate {"tenants": [{}]}               -> 400 msg Failed to parse json request: tenants[0]: missing field `id`
                POST  /upcall/v1/validate {"tenants": [{"id": "zz", "gen": 1}]} -> 400 msg Failed to parse json request: tenants[0].id: ...
                POST  /upcall/v1/validate {"tenants": [{"id": "{attached}", "gen": -1}]} -> 400 msg Failed to parse json request: tenants[0].gen: invalid value: integer `-1`, expected u32
                POST  /upcall/v1/validate {"tenants": [{"id": "{attached}", "gen": 4294967296}]} -> 400 msg Failed to parse json request: tenants[0].gen: invalid value: integer `4294967296`, expected u32
                POST  /upcall/v1/validate {"tenants": [{"id": "{attached}", "gen": null}]} -> 400 msg Failed to parse json request: tenants[0].gen: invalid type: null, expected u32
                POST  /debug/v1/inspect {}                                -> 400 msg Failed to parse json request: missing field `tenant_shard_id`
                POST  /debug/v1/inspect {"tenant_shard_id": "zz"}         -> 400 msg Failed to parse json request: tenant_shard_id: ...
                POST  /v1/tenant {}                                       -> 400 msg Failed to parse json request: missing field `new_tenant_id`
                POST  /v1/tenant {"new_tenant_id": "zz"}                  -> 400 msg Failed to parse json request: new_tenant_id: ...
                POST  /v1/tenant {"new_tenant_id": "{new}-0102"}          -> 400 msg Attempted to create a specific shard, ...
                POST  /v1/tenant {"new_tenant_id": "{new}", "foo": 1}     -> 400 msg Failed to parse json request: ...unknown field `foo`...
                POST  /v1/tenant {"new_tenant_id": "{new}", "generation": -1} -> 400 msg Failed to parse json request: generation: invalid value: integer `-1`, expected u32
                POST  /v1/tenant {"new_tenant_id": "{new}", "placement_policy": "Bad"} -> 400 msg Failed to parse json request: placement_policy: ...
                POST  /v1/tenant {"new_tenant_id": "{new}", "placement_policy": {"Attached": -1}} -> 400 msg Failed to parse json request: placement_policy: ...
                POST  /v1/tenant {"new_tenant_id": "{new}", "shard_parameters": {"count": 1}} -> 400 msg Failed to parse json request: shard_parameters: missing field `stripe_size`
                POST  /v1/tenant {"new_tenant_id": "{new}", "shard_parameters": {"count": 256, "stripe_size": 1}} -> 400 msg Failed to parse json request: shard_parameters.count: invalid value: integer `256`, expected u8
                POST  /v1/tenant {"new_tenant_id": "{new}", "shard_parameters": {"count": 1, "stripe_size": 1, "x": 1}} -> 400 msg Failed to parse json request: shard_parameters.x: unknown field `x`
                POST  /v1/tenant {"new_tenant_id": "{new}", "pitr_interval": "7"} -> 400 msg Failed to parse json request: ...
                POST  /v1/tenant {"new_tenant_id": "{new}", "gc_horizon": -1} -> 400 msg Failed to parse json request: ...
                GET   /control/v1/tenant/{new}                            -> 404 msg NotFound: Tenant {new} not found
                PUT   /v1/tenant/config {"tenant_id": "{attached}", "foo": 1} -> 400 msg Failed to parse json request: ...unknown field `foo`...
                PATCH /v1/tenant/config {"tenant_id": "{attached}", "foo": 1} -> 400 msg Failed to parse json request: ...unknown field `foo`...
                PUT   /v1/tenant/config {"tenant_id": "{attached}", "pitr_interval": 7} -> 400 msg Failed to parse json request: ...
                PATCH /v1/tenant/config {"tenant_id": "{attached}", "pitr_interval": "x"} -> 400 msg ...
                GET   /v1/tenant/{attached}/config                        -> 200 {"tenant_specific_overrides": {}, "effective_config": {}}
                PUT   /control/v1/tenant/{attached}/policy {"scheduling": "Bad"} -> 400 msg Failed to parse json request: scheduling: unknown variant `Bad`, expected one of `Active`, `Essential`, `Pause`, `Stop`
                PUT   /control/v1/tenant/{attached}/policy {"placement": "Bad"} -> 400 msg Failed to parse json request: placement: ...
                PUT   /control/v1/tenant/{attached}/migrate {}            -> 400 msg Failed to parse json request: missing field `node_id`
                PUT   /control/v1/tenant/{attached}/shard_split {}        -> 400 msg Failed to parse json request: missing field `new_shard_count`
                PUT   /control/v1/tenant/{attached}/shard_split {"new_shard_count": 2, "new_stripe_size": 0} -> 400 msg Failed to parse json request: new_stripe_size: ...
                PUT   /control/v1/tenant/{attached}/migrate {"node_id": 1, "origin_node_id": "x"} -> 400 msg Failed to parse json request: origin_node_id: invalid type: string "x", expected u64
                PUT   /control/v1/tenant/{attached}/migrate {"node_id": 1, "migration_config": {"prewarm": "x"}} -> 400 msg Failed to parse json request: migration_config.prewarm: invalid type: string "x", expected a boolean
                PUT   /control/v1/tenant/{attached}/migrate {"node_id": 1, "migration_config": {"secondary_warmup_timeout": "5"}} -> 400 msg Failed to parse json request: migration_config.secondary_warmup_timeout: ...
                POST  /v1/tenant/{attached}/timeline {}                   -> 400 msg Failed to parse json request: missing field `new_timeline_id`
                POST  /v1/tenant/{attached}/timeline {"new_timeline_id": "zz"} -> 400 msg Failed to parse json request: new_timeline_id: ...
                POST  /v1/tenant/{attached}/timeline {"new_timeline_id": "{tl}", "pg_version": "x"} -> 400 msg Failed to parse json request: ...
                GET   /control/v1/tenant?limit=x                          -> 400 msg cannot parse query param limit: invalid digit found in string
                GET   /control/v1/tenant?limit=-1                         -> 400 msg cannot parse query param limit: invalid digit found in string
                GET   /control/v1/tenant?limit=1&limit=2                  -> 400 msg param limit specified more than once
                GET   /control/v1/tenant?start_after=zz                   -> 400 msg cannot parse query param start_after: ...
                """);
    }

    @TestFactory
    Stream<DynamicTest> whatIsShownHasAllItsFields() {
        return contract.holds("""
                GET  /status                              -> 200 null
                GET  /ready                               -> 200 null
                GET  /live                                -> 200 null
                GET  /control/v1/leader                   -> 200 null
                GET  /control/v1/node/1                   -> 200 {"id": 1, "availability": "Active", "scheduling": "Active", "availability_zone_id": "a", "listen_http_addr": "127.0.0.1", "listen_http_port": 20001, "listen_https_port": null, "listen_pg_addr": "127.0.0.1", "listen_pg_port": 30001, "listen_grpc_addr": null, "listen_grpc_port": null}
                GET  /control/v1/node                     -> 200 like [{"id": 1, "availability": "", "scheduling": "", "availability_zone_id": "", "listen_http_addr": "", "listen_http_port": 1, "listen_https_port": null, "listen_pg_addr": "", "listen_pg_port": 1, "listen_grpc_addr": null, "listen_grpc_port": null}]
                GET  /control/v1/tenant/{attached}        -> 200 like {"tenant_id": "", "shards": [{"tenant_shard_id": "", "node_attached": 1, "node_secondary": [2], "last_error": "", "is_reconciling": false, "is_pending_compute_notification": false, "is_splitting": false, "is_importing": false, "scheduling_policy": "", "preferred_az_id": ""}], "stripe_size": 1, "policy": {"Attached": 1}, "config": {}}
                GET  /control/v1/tenant/{secondary}       -> 200 like {"tenant_id": "", "shards": [{"tenant_shard_id": "", "node_attached": null, "node_secondary": [2], "last_error": "", "is_reconciling": false, "is_pending_compute_notification": false, "is_splitting": false, "is_importing": false, "scheduling_policy": "", "preferred_az_id": ""}], "stripe_size": 1, "policy": "Secondary", "config": {}}
                GET  /debug/v1/tenant/{attached}/locate   -> 200 like {"shards": [{"shard_id": "", "node_id": 1, "listen_pg_addr": "", "listen_pg_port": 1, "listen_grpc_addr": null, "listen_grpc_port": null, "listen_http_addr": "", "listen_http_port": 1, "listen_https_port": null}], "shard_params": {"count": 0, "stripe_size": 2048}}
                POST /debug/v1/inspect {"tenant_shard_id": "{attached}"} -> 200 like {"attachment": [1, 1]}
                GET  /control/v1/node/1/shards            -> 200 like {"node_id": 1, "shards": [{"tenant_shard_id": "", "is_observed_secondary": true, "is_intended_secondary": true}]}
                POST /upcall/v1/validate {"tenants": []}  -> 200 {"tenants": []}
                POST /upcall/v1/validate {"tenants": [{"id": "{unknown}", "gen": 1}, {"id": "{attached}", "gen": 1}, {"id": "{attached}", "gen": 2}, {"id": "{sharded}-0304", "gen": 1}, {"id": "{sharded}", "gen": 1}], "x": 1} -> 200 {"tenants": [{"id": "{attached}", "valid": true}, {"id": "{attached}", "valid": false}, {"id": "{sharded}-0304", "valid": true}]}
                POST /upcall/v1/re-attach {"node_id": 777, "register": null, "empty_local_disk": null, "zzz": 1} -> 200 {"tenants": []}
                """);
    }

    @TestFactory
    Stream<DynamicTest> aDetachedTenantIsShownNoMoreButTaken() {
        return contract.holds("""
                GET    /control/v1/tenant/{detached}                               -> 404 msg NotFound: Tenant {detached} not found
                GET    /debug/v1/tenant/{detached}/locate                          -> 404 msg NotFound: No shards for this tenant ID found
                GET    /v1/tenant/{detached}/config                                -> 404 msg NotFound: Tenant not found
                POST   /debug/v1/inspect {"tenant_shard_id": "{detached}"}         -> 200 {"attachment": null}
                POST   /v1/tenant/{detached}/timeline {"new_timeline_id": "{tl}"}  -> 409 msg Conflict: Shard {detached} tenant has policy Detached
                DELETE /v1/tenant/{detached}/timeline/{tl}                         -> 409 msg Conflict: Shard {detached} tenant has policy Detached
                PUT    /control/v1/tenant/{detached}/policy {}                     -> 500 msg There are no changes to save. This query cannot be built
                PUT    /v1/tenant/config {"tenant_id": "{detached}", "gc_horizon": 5} -> 200 null
                POST   /v1/tenant {"new_tenant_id": "{detached}", "placement_policy": "Detached"} -> 201 {"shards": []}
                """);
    }

    @TestFactory
    Stream<DynamicTest> aTenantWithoutAttachmentHasNobodyToAsk() {
        return contract.holds("""
                GET  /debug/v1/tenant/{secondary}/locate                           -> 400 msg Cannot locate a tenant that is not attached
                GET  /v1/tenant/{secondary}                                        -> 409 msg Conflict: Cannot call timeline API on non-attached tenant
                GET  /v1/tenant/{secondary}/timeline                               -> 409 msg Conflict: Cannot call timeline API on non-attached tenant
                POST /v1/tenant/{secondary}/timeline {"new_timeline_id": "{tl}"}   -> 409 msg Conflict: Shard {secondary} tenant has policy Secondary
                POST /debug/v1/inspect {"tenant_shard_id": "{secondary}"}          -> 200 {"attachment": null}
                POST /v1/tenant {"new_tenant_id": "{secondary}"}                   -> 201 {"shards": []}
                """);
    }

    @TestFactory
    Stream<DynamicTest> nothingIsDoneToATenantThatIsBeingDeleted() {
        return contract.holds("""
                POST  /v1/tenant {"new_tenant_id": "{deleting}"}                            -> 409 msg Conflict: Tenant {deleting} is being deleted by operation ...
                PUT   /v1/tenant/config {"tenant_id": "{deleting}"}                         -> 409 msg Conflict: Tenant {deleting} is being deleted by operation ...
                PATCH /v1/tenant/config {"tenant_id": "{deleting}"}                         -> 409 msg Conflict: Tenant {deleting} is being deleted by operation ...
                PUT   /control/v1/tenant/{deleting}/policy {"placement": "Detached"}        -> 409 msg Conflict: Tenant {deleting} is being deleted by operation ...
                PUT   /control/v1/tenant/{deleting}/shard_split {"new_shard_count": 2}      -> 409 msg Conflict: Tenant {deleting} is being deleted by operation ...
                PUT   /control/v1/tenant/{deleting}/migrate {"node_id": 1}                  -> 409 msg Conflict: Tenant {deleting} is being deleted by operation ...
                POST  /v1/tenant/{deleting}/timeline {"new_timeline_id": "{tl}"}            -> 409 msg Conflict: Tenant {deleting} is being deleted
                POST  /debug/v1/consistency_check                                           -> 500 msg Shard {deleting} reconciliation in progress
                """);
    }

    @TestFactory
    Stream<DynamicTest> contradictionsAreRefusedAndRepetitionsAreNot() {
        return contract.holds("""
                POST /v1/tenant {"new_tenant_id": "{sharded}", "shard_parameters": {"count": 2, "stripe_size": 2048}} -> 409 msg Conflict: Tenant {sharded} exists with shard count 4 and stripe size 2048, not 2 and 2048
                PUT  /control/v1/tenant/{sharded}/shard_split {"new_shard_count": 2} -> 400 msg Requested count 2 but already have shards at count 4
                PUT  /control/v1/tenant/{sharded}/shard_split {"new_shard_count": 12} -> 400 msg Requested split is not a power of two: from 4 to 12 shards
                PUT  /control/v1/tenant/{sharded}/shard_split {"new_shard_count": 8, "new_stripe_size": 4096} -> 400 msg Attempted to change stripe size (ShardStripeSize(2048)->ShardStripeSize(4096)) on a tenant with multiple shards
                PUT  /control/v1/tenant/{sharded}/shard_split {"new_shard_count": 4} -> 200 {"new_shards": ["{sharded}-0004", "{sharded}-0104", "{sharded}-0204", "{sharded}-0304"]}
                PUT  /control/v1/tenant/{attached}/shard_split {"new_shard_count": 1} -> 200 {"new_shards": ["{attached}"]}
                PUT  /control/v1/tenant/{secondary}/shard_split {"new_shard_count": 2} -> 400 msg Cannot split a tenant that is not attached
                POST /v1/tenant {"new_tenant_id": "{sharded}"}             -> 409 msg Conflict: Tenant {sharded} exists with shard count 4 and stripe size 2048, not 0 and 2048
                POST /v1/tenant {"new_tenant_id": "{attached}", "placement_policy": "Detached", "generation": 55, "gc_horizon": 1} -> 201 like {"shards": [{"shard_id": "", "node_id": 1, "generation": 1}]}
                GET  /v1/tenant/{attached}/config                          -> 200 {"tenant_specific_overrides": {}, "effective_config": {}}
                POST /control/v1/node {node 1}                             -> 200 null
                POST /control/v1/node {"node_id": 1, "listen_pg_addr": "127.0.0.1", "listen_pg_port": 1, "listen_http_addr": "127.0.0.1", "listen_http_port": 20001, "availability_zone_id": "a"} -> 409 msg Conflict: Node is already registered with different address
                POST /control/v1/node {"node_id": 1, "listen_pg_addr": "127.0.0.1", "listen_pg_port": 30001, "listen_http_addr": "127.0.0.1", "listen_http_port": 20001, "availability_zone_id": "z"} -> 409 msg Conflict: Node is already registered with different address
                POST /control/v1/node {"node_id": 6, "listen_pg_addr": "h", "listen_pg_port": 1, "listen_http_addr": "127.0.0.1", "listen_http_port": 1, "availability_zone_id": "a", "listen_grpc_port": 1} -> 400 msg must specify both gRPC address and port
                POST /control/v1/node {"node_id": 6, "listen_pg_addr": "h", "listen_pg_port": 1, "listen_http_addr": "no.such.host.invalid", "listen_http_port": 1, "availability_zone_id": "a"} -> 503 msg Node 6 tried to register with unknown DNS name 'no.such.host.invalid'
                POST /upcall/v1/re-attach {"node_id": 7, "register": {node 1}} -> 400 msg node 7 re-attaches with the registration of node 1
                GET  /control/v1/node/6                                    -> 404 msg NotFound: Node 6 not registered
                PUT  /control/v1/tenant/{attached}/policy {"placement": null, "scheduling": null} -> 500 msg There are no changes to save. This query cannot be built
                PUT  /control/v1/tenant/{attached}/migrate {"node_id": 1, "origin_node_id": 999} -> 412 msg Precondition failed: ...
                """);
    }

    @Test
    void tenantsAreListedInPagesByTheirIds() {
        assertThat(listed("")).containsExactly(ATTACHED, SHARDED, SECONDARY, DELETING);
        assertThat(listed("?limit=2")).containsExactly(ATTACHED, SHARDED);
        assertThat(listed("?limit=2&start_after=" + SHARDED)).containsExactly(SECONDARY, DELETING);
        assertThat(listed("?limit=2&start_after=" + DELETING)).isEmpty();
        assertThat(listed("?start_after=" + SECONDARY.toUpperCase(Locale.ROOT))).containsExactly(DELETING);
        assertThat(listed("?limit=18446744073709551615")).hasSize(4);
        assertThat(listed("?limit=0")).as("as the original does").containsExactly(ATTACHED);
    }

    @Test
    void reconcilesAndLocationsAreCounted() {
        String metrics = cell.http().get("/metrics").body();

        assertThat(metrics)
                .containsPattern("storage_controller_reconcile_spawn_total [1-9]")
                .containsPattern("storage_controller_reconcile_complete_total\\{status=\"ok\"} [1-9]")
                .contains("storage_controller_reconcile_complete_total{status=\"ok_no_notify\"} 0.0")
                .containsPattern("storage_controller_reconcile_complete_total\\{status=\"error\"} [0-9]")
                .containsPattern("storage_controller_reconcile_complete_total\\{status=\"cancel\"} [0-9]")
                .containsPattern("storage_controller_pageserver_nodes [34]\\.0")
                .contains("storage_controller_tenant_shards 8.0")
                .containsPattern("storage_controller_node_attached_shards\\{az=\"a\",node_id=\"1\"} [0-9]")
                .containsPattern(
                        "storage_controller_database_query_latency_count\\{operation=\"increment_generation\"}");
    }

    private static List<String> listed(String query) {
        List<String> ids = new ArrayList<>();
        cell.http()
                .get("/control/v1/tenant" + query)
                .json()
                .forEach(tenant -> ids.add(tenant.path("tenant_id").asText()));
        return ids;
    }

    @TestFactory
    Stream<DynamicTest> aNodeThatDoesNotAnswerIsNotActivated() {
        cell.workers().dead(NodeId.of(5), true);
        return contract.holds("""
                POST /control/v1/node {node 5}                                                -> 200 null
                PUT  /control/v1/node/5/config {"node_id": 5, "scheduling": "Pause", "foo": 1} -> 200 null
                PUT  /control/v1/node/5/config {"node_id": 5, "availability": "Active"}       -> 412 msg Precondition failed: Failed to query node location configs, cannot activate (...)
                PUT  /control/v1/node/5/config {"node_id": 5, "availability": "Offline"}      -> 200 null
                PUT  /control/v1/tenant/{attached}/migrate {"node_id": 5}                     -> 412 msg Precondition failed: Node 5 (127.0.0.1) is unavailable
                GET  /control/v1/node/5                                                       -> 200 {"id": 5, "availability": "Offline", "scheduling": "Pause", "availability_zone_id": "a", "listen_http_addr": "127.0.0.1", "listen_http_port": 20005, "listen_https_port": null, "listen_pg_addr": "127.0.0.1", "listen_pg_port": 30005, "listen_grpc_addr": null, "listen_grpc_port": null}
                """);
    }
}
