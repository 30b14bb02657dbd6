#!/usr/bin/env bash
# Becomes `berth serve`. On the first start in a work folder it starts Kafka, Postgres and Temporal as its children; they outlive
# it when it is killed, and a later start finds them running.
set -euo pipefail

workdir=$1
shift
berth=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/berth
companions=$workdir/companions

start() { # NAME COMMAND...
    local name=$1
    shift
    "$@" </dev/null >"$companions/$name.log" 2>&1 &
    echo $! >"$companions/$name.pid"
}

is_running() {
    [ -e "$companions/$1.pid" ] && kill -0 "$(cat "$companions/$1.pid")" 2>/dev/null
}

await() { # NAME COMMAND...: until the command succeeds, as long as the companion lives
    local name=$1
    shift
    until "$@"; do
        is_running "$name" || { echo "$name did not start:" >&2; tail -5 "$companions/$name.log" >&2; exit 1; }
        sleep 0.05
    done
}

address() {
    sed -n 's/^ready //p' "$companions/$1.log"
}

says_ready() {
    grep -q '^ready ' "$companions/$1.log"
}

after() { # FLAG: the word that follows it in Temporal's command
    grep -Fxm1 -A1 -- "$1" "$companions/temporal.command" | tail -1
}

is_running kafka || BERTH_JAVA_OPTIONS='-Xmx384m' start kafka "$berth" class KafkaMain "$companions/kafka" 0
is_running postgres || BERTH_JAVA_OPTIONS='-Xmx128m -XX:TieredStopAtLevel=1' start postgres "$berth" class PostgresMain "$companions/postgres" 0
if ! is_running temporal; then
    mapfile -t command <"$companions/temporal.command"
    start temporal "${command[@]}"
fi
await kafka says_ready kafka
await postgres says_ready postgres
await temporal curl -sf -o /dev/null "http://127.0.0.1:$(after --ui-port)/api/v1/namespaces/default"

exec "$berth" serve --kafka "$(address kafka)" --database-url "$(address postgres)" \
    --temporal "127.0.0.1:$(after --port)" --temporal-ui-url "http://127.0.0.1:$(after --ui-port)" \
    --state-dir "$workdir/state" "$@"
