#!/usr/bin/env bash
# Runs two gradient collectors as processes of their own beside the other stages, kills each
# collector and then the combiner with SIGKILL while versions are made, starts each again, and
# accounts for every prompt and rollout. usage: docs/checks/two-collectors.sh [VERSIONS [FORM]]
# FORM is how the collectors send their gradients: sketched (the demo's two objectives, whose
# gradients no record holds) or exact (one of them, whose gradient a record holds).
set -euo pipefail
cd "$(dirname "$0")/../.."
versions=${1:-16}
form=${2:-sketched}
helpful='{ name = helpful,  scored-by = reward-scorer, model { directory = demo/reward } }'
harmless='{ name = harmless, scored-by = cost-scorer, model { directory = demo/cost, negate = true } }'
case $form in
  sketched) objectives="$helpful, $harmless" exact_bytes=0 ;;
  exact) objectives=$helpful exact_bytes=900000 ;;
  *) echo "FORM must be sketched or exact, was $form" >&2; exit 2 ;;
esac
data=$(mktemp -d)
servers=127.0.0.1:19292
cat >"$data/gapo.conf" <<CONF
gapo {
  kafka { bootstrap-servers = "$servers", partitions = 4 }
  policy.directory = demo/policy
  objectives = [$objectives]
  sampling.template = "BEGINNING OF CONVERSATION: USER: {prompt} ASSISTANT:"
  sampling { max-prompt-tokens = 64, max-response-tokens = 48 }
  training {
    collectors = 2
    gradient-sum.exact-bytes = $exact_bytes
    batch-size = 16
    advantage = group-relative
    optimizer.learning-rate = 5.0e-4
    checkpoint-directory = "$data/checkpoints"
  }
  delivery.patience = 5s
  metrics.port = 0
}
CONF
. docs/checks/common.sh
declare -A process
start() { # NAME ROLES
  ./gapo run --role "$2" --config "$data/gapo.conf" --set "gapo.instance=$1" >>"$data/$1.log" 2>&1 &
  process[$1]=$!
  pids+=("$!")
}
kill_and_restart() { # NAME ROLES
  kill -9 "${process[$1]}"
  wait "${process[$1]}" 2>/dev/null || :
  echo "killed $1 at $(grep -o 'Made v.*' "$data/optimizer-0.log" | tail -n 1)"
  start "$1" "$2"
}
start_broker
./gapo topics create --config "$data/gapo.conf"
toy_prompts 600 >"$data/prompts.jsonl"
./gapo feed "$data/prompts.jsonl" --keep-duplicates --bootstrap-servers "$servers"
start others-0 rollout-generator,reward-scorer,cost-scorer
start combiner-0 mgda-combiner
start optimizer-0 optimizer
start collector-0 gradient-collector
start collector-1 gradient-collector
made() { wait_for "$data/optimizer-0.log" "Made v$1\$" "${process[optimizer-0]}"; }
made $((versions / 4))
kill_and_restart collector-1 gradient-collector
made $((versions / 2))
kill_and_restart collector-0 gradient-collector
made $((3 * versions / 4))
kill_and_restart combiner-0 mgda-combiner
made "$versions"
for name in others-0 combiner-0 collector-0 collector-1 optimizer-0; do
  kill "${process[$name]}"
done
for name in others-0 combiner-0 collector-0 collector-1 optimizer-0; do
  wait "${process[$name]}" || (($? == 143)) || echo "$name did not stop in good order"
done
./gapo lineage --bootstrap-servers "$servers"
./gapo lineage --bootstrap-servers "$servers" --version-number "$versions"
