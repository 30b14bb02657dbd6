-- Projected from the log: how shards came to be where they are, the newest decisions of each. The document is the event of the decision.
CREATE TABLE placement_decision (
    tenant              uuid     NOT NULL,
    position            bigint   NOT NULL,
    at_ms               bigint   NOT NULL,
    number              smallint NOT NULL,
    count               smallint NOT NULL,
    ordinal             smallint NOT NULL,
    command             text     NOT NULL,
    document            text     NOT NULL,
    PRIMARY KEY (tenant, number, count, position, ordinal)
);

-- What the scrubber found of a shard's metadata, and when; written by gateways (http-api 8.1).
ALTER TABLE shard_generation
    ADD healthy         boolean     NOT NULL DEFAULT true,
    ADD scrubbed_at     timestamptz NOT NULL DEFAULT now();
