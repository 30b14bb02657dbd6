-- The ledger of one cell. The schema belongs to the cell alone; every column has one writer (P4).
-- Numbers of nodes are unsigned 64-bit numbers kept in the bits of a bigint.

-- Who this ledger belongs to, how far the log is projected, and the Postgres it was last seen on (P10).
CREATE TABLE cell (
    only_row            boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    name                text   NOT NULL,
    incarnation         bigint NOT NULL,
    kafka_cluster_id    text   NOT NULL,
    commands_topic_id   text   NOT NULL,
    applied_position    bigint NOT NULL DEFAULT -1,
    events_offset       bigint NOT NULL DEFAULT -1,
    prober_epoch        bigint NOT NULL DEFAULT 0,
    system_identifier   bigint NOT NULL,
    timeline            bigint NOT NULL
);

-- The newest incarnation of each tenant that the ledger has rows of, or had: a tombstone when deleted_at is set (P5).
-- Its unique key is what creation and deletion of a tenant's rows meet at.
CREATE TABLE tenant_incarnation (
    tenant              uuid   PRIMARY KEY,
    incarnation         bigint NOT NULL,
    last_generation     bigint,
    deleted_at          timestamptz
);
CREATE INDEX tenant_tombstone ON tenant_incarnation (deleted_at) WHERE deleted_at IS NOT NULL;

-- Issued generations (P1). The index begins with the node and goes on in key order, so that a re-attach locks rows in the same order as
-- a batch of bumps. A bump that keeps the node touches no index; the free space of each page is for those.
CREATE TABLE shard_generation (
    tenant              uuid     NOT NULL,
    incarnation         bigint   NOT NULL,
    generation          bigint   CHECK (generation BETWEEN 0 AND 4294967295),
    node                bigint,
    fence               bigint   NOT NULL,
    stripe_size         integer  NOT NULL,
    number              smallint NOT NULL,
    count               smallint NOT NULL,
    PRIMARY KEY (tenant, number, count)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX shard_generation_node ON shard_generation (node, tenant, number, count) WHERE node IS NOT NULL;

-- Registered pageservers; a deleted one stays as a tombstone.
CREATE TABLE node (
    id                  bigint  PRIMARY KEY,
    listen_http_addr    text    NOT NULL,
    listen_http_port    integer NOT NULL,
    listen_https_port   integer,
    listen_pg_addr      text    NOT NULL,
    listen_pg_port      integer NOT NULL,
    listen_grpc_addr    text,
    listen_grpc_port    integer,
    availability_zone   text    NOT NULL,
    lifecycle           text    NOT NULL DEFAULT 'active' CHECK (lifecycle IN ('active', 'deleted')),
    reattach_epoch      bigint  NOT NULL DEFAULT 0,
    registered_at       timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);

-- Facts for the log, relayed and then deleted (P9). The payload is a whole record of the command log.
CREATE TABLE outbox (
    number              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id                  uuid   NOT NULL,
    payload             text   NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
ALTER TABLE outbox ALTER payload SET STORAGE EXTERNAL;

-- Projected from the log: which locations a node may keep when it re-attaches (P7).
CREATE TABLE shard_location (
    node                bigint   NOT NULL,
    tenant              uuid     NOT NULL,
    number              smallint NOT NULL,
    count               smallint NOT NULL,
    role                smallint NOT NULL,
    stripe_size         integer  NOT NULL,
    PRIMARY KEY (node, tenant, number, count)
);
CREATE INDEX shard_location_tenant ON shard_location (tenant);

-- Projected from the log: what else is known of tenants and nodes.
CREATE TABLE tenant_projection (
    tenant              uuid     PRIMARY KEY,
    incarnation         bigint   NOT NULL,
    position            bigint   NOT NULL,
    count               smallint NOT NULL,
    stripe_size         integer  NOT NULL,
    placement_policy    text     NOT NULL,
    scheduling_policy   text     NOT NULL,
    config              text     NOT NULL,
    preferred_az        text
) WITH (fillfactor = 80);
CREATE TABLE node_projection (
    node                bigint PRIMARY KEY,
    position            bigint NOT NULL,
    scheduling_policy   text   NOT NULL
);

-- The server answering now. The timeline is that of the log being written: a control file tells it only after the next checkpoint. A standby
-- refuses to say.
CREATE FUNCTION postgres_identity(OUT system_identifier bigint, OUT timeline bigint) LANGUAGE sql STABLE AS $$
    SELECT s.system_identifier, ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint
    FROM pg_control_system() s
$$;

-- Run by every new connection that may issue or confirm generations (P10).
CREATE FUNCTION require_known_postgres() RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (
        SELECT FROM cell c, postgres_identity() p
        WHERE (c.system_identifier, c.timeline) IS DISTINCT FROM (p.system_identifier, p.timeline)
    ) THEN
        RAISE EXCEPTION 'this Postgres was restored or failed over' USING ERRCODE = 'BR001';
    END IF;
END
$$;
