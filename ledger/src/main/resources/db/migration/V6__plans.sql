-- Plans of operations, written by gateways, never changed but for the mark that one was asked to be carried out: that one is kept longer.
CREATE TABLE plan (
    id       text        PRIMARY KEY,
    made_at  timestamptz NOT NULL DEFAULT now(),
    applied  boolean     NOT NULL DEFAULT false,
    document text        NOT NULL
);
CREATE INDEX plan_made_at ON plan (applied, made_at);
