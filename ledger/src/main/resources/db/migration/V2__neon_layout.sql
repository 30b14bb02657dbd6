-- The layout of an existing Neon controller database, for reading and export.

CREATE VIEW tenant_shards AS
SELECT replace(tenant::text, '-', '')                      AS tenant_id,
       number::integer                                     AS shard_number,
       count::integer                                      AS shard_count,
       coalesce(g.stripe_size, p.stripe_size)              AS shard_stripe_size,
       g.generation                                        AS generation,
       g.node                                              AS generation_pageserver,
       coalesce(p.placement_policy, '{"Attached":0}')      AS placement_policy,
       0::smallint                                         AS splitting,
       coalesce(p.config, '{}')                            AS config,
       '"' || coalesce(p.scheduling_policy, 'Active') || '"' AS scheduling_policy,
       p.preferred_az                                      AS preferred_az_id
FROM shard_generation g
FULL JOIN (
    SELECT t.*, n::smallint AS number
    FROM tenant_projection t, generate_series(0, greatest(t.count, 1) - 1) n
) p USING (tenant, number, count);

CREATE VIEW nodes AS
SELECT n.id                                                AS node_id,
       coalesce(p.scheduling_policy, 'active')             AS scheduling_policy,
       n.listen_http_addr,
       n.listen_http_port,
       n.listen_pg_addr,
       n.listen_pg_port,
       n.availability_zone                                 AS availability_zone_id,
       n.listen_https_port,
       n.lifecycle,
       n.listen_grpc_addr,
       n.listen_grpc_port
FROM node n
LEFT JOIN node_projection p ON p.node = n.id;
