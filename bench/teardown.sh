#!/usr/bin/env bash
# Stops Kafka, Postgres and Temporal of a work folder.
set -euo pipefail

companions=$1/companions
shopt -s nullglob
for file in "$companions"/*.pid; do
    kill "$(cat "$file")" 2>/dev/null || true
done
for file in "$companions"/*.pid; do
    for _ in $(seq 200); do
        kill -0 "$(cat "$file")" 2>/dev/null || break
        sleep 0.05
    done
    kill -9 "$(cat "$file")" 2>/dev/null || true
    rm -f "$file"
done
