#!/usr/bin/env bash
# Builds and rehearses what is not, and fetches Temporal, so that no start is measured with it. Kafka, Postgres and Temporal themselves
# are started by controller.sh: only as descendants of the controller are their CPU and memory counted.
set -euo pipefail

workdir=$1
berth=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/berth
mkdir -p "$workdir/companions"
"$berth" rehearse || "$berth" build
"$berth" class TemporalCommand "$workdir/companions" 0 0 >"$workdir/companions/temporal.command"
