-- Projected from the log: operations that have ended, the newest of them. The document is the event of the end, which tells all.
CREATE TABLE operation (
    id                  bigint PRIMARY KEY,
    kind                text   NOT NULL,
    state               text   NOT NULL,
    tenant              uuid,
    node                bigint,
    origin              bigint,
    destination         bigint,
    document            text   NOT NULL
);
CREATE INDEX operation_tenant ON operation (tenant, id) WHERE tenant IS NOT NULL;
