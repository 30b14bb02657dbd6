-- Splits of tenants. Whether one has happened is decided here, by one transaction: see class Splits.

-- The newest split of a tenant that got as far as the ledger, and what became of it.
ALTER TABLE tenant_incarnation
    ADD split       bigint,
    ADD split_state text CHECK (split_state IN ('prepared', 'committed', 'undone'));

-- The split that has prepared the row: until it is committed the shard counts for nobody, belongs to no node, and none of its
-- generations is valid. Null for every other row.
ALTER TABLE shard_generation ADD split bigint CHECK (split IS NULL OR node IS NULL);

CREATE OR REPLACE VIEW tenant_shards AS
SELECT replace(tenant::text, '-', '')                      AS tenant_id,
       number::integer                                     AS shard_number,
       count::integer                                      AS shard_count,
       coalesce(g.stripe_size, p.stripe_size)              AS shard_stripe_size,
       g.generation                                        AS generation,
       g.node                                              AS generation_pageserver,
       coalesce(p.placement_policy, '{"Attached":0}')      AS placement_policy,
       (i.split_state IS NOT DISTINCT FROM 'prepared')::integer::smallint AS splitting,
       coalesce(p.config, '{}')                            AS config,
       '"' || coalesce(p.scheduling_policy, 'Active') || '"' AS scheduling_policy,
       p.preferred_az                                      AS preferred_az_id
FROM shard_generation g
FULL JOIN (
    SELECT t.*, n::smallint AS number
    FROM tenant_projection t, generate_series(0, greatest(t.count, 1) - 1) n
) p USING (tenant, number, count)
LEFT JOIN tenant_incarnation i USING (tenant);
