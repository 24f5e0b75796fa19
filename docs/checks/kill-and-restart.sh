#!/usr/bin/env bash
# Kills a demo with SIGKILL three times, lets it finish, and accounts for every prompt and rollout.
# usage: docs/checks/kill-and-restart.sh [STEPS] [further arguments of gapo demo]
set -euo pipefail
cd "$(dirname "$0")/../.."
steps=${1:-40}
shift || true
data=$(mktemp -d)/demo
demo=(./gapo demo --steps "$steps" --data "$data" --prompts 0 "$@")
for round in 1 2 3; do
  "${demo[@]}" >"$data.log" 2>&1 &
  pid=$!
  target=$((steps * round / 4))
  until [[ -e "$data.log" ]] && grep -q "^step $target," "$data.log"; do
    kill -0 "$pid" || { cat "$data.log"; exit 1; }
    read -rt 0.2 <> <(:) || :
  done
  kill -9 "$pid"
  wait "$pid" 2>/dev/null || :
  echo "killed at step $target"
done
"${demo[@]}" | grep "^step" | tail -n 1
./gapo broker --data "$data/kafka" --port 19092 >"$data.broker.log" 2>&1 &
broker=$!
trap 'kill "$broker"; wait "$broker" || :' EXIT
until grep -q "^Kafka at" "$data.broker.log"; do
  kill -0 "$broker" || { cat "$data.broker.log"; exit 1; }
  read -rt 0.2 <> <(:) || :
done
./gapo lineage --bootstrap-servers 127.0.0.1:19092
