#!/usr/bin/env bash
# Runs the six stages as six processes against a broker of its own, feeds prompts with kcat, waits
# for policy versions, stops everything in good order and accounts for every prompt and rollout.
# Needs kcat (Debian has it). usage: docs/checks/six-processes.sh [VERSIONS]
set -euo pipefail
cd "$(dirname "$0")/../.."
versions=${1:-10}
command -v kcat >/dev/null || { echo "kcat is missing: apt-get install kcat" >&2; exit 1; }
data=$(mktemp -d)
servers=127.0.0.1:19192
cat >"$data/gapo.conf" <<CONF
gapo {
  kafka { bootstrap-servers = "$servers", partitions = 2 }
  policy.directory = demo/policy
  objectives = [
    { name = helpful,  scored-by = reward-scorer, model { directory = demo/reward } }
    { name = harmless, scored-by = cost-scorer,   model { directory = demo/cost, negate = true } }
  ]
  sampling.template = "BEGINNING OF CONVERSATION: USER: {prompt} ASSISTANT:"
  sampling { max-prompt-tokens = 64, max-response-tokens = 72 }
  training {
    batch-size = 32
    advantage = group-relative
    optimizer.learning-rate = 5.0e-4
    checkpoint-directory = "$data/checkpoints"
  }
  metrics.port = 0
}
CONF
. docs/checks/common.sh
start_broker
./gapo topics create --config "$data/gapo.conf"
for role in rollout-generator reward-scorer cost-scorer gradient-collector mgda-combiner optimizer; do
  ./gapo run --role "$role" --config "$data/gapo.conf" >"$data/$role.log" 2>&1 &
  pids+=("$!")
  [[ $role == optimizer ]] && optimizer=$!
done
toy_prompts 400 | kcat -P -b "$servers" -t gapo.prompts
echo "400 prompts fed by kcat"
wait_for "$data/optimizer.log" "Made v$versions\$" "$optimizer"
stages=("${pids[@]:1}")
kill "${stages[@]}"
for pid in "${stages[@]}"; do
  wait "$pid" || (($? == 143)) || echo "process $pid did not stop in good order"
done
echo "six processes stopped"
./gapo lineage --bootstrap-servers "$servers"
