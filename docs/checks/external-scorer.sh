#!/usr/bin/env bash
# Trains the toy world's policy with an objective that docs/external/scorer.py scores, takes the
# scorer away until its absence is named, gives it back, and accounts for every prompt and rollout.
# Needs python3 with venv, and PyPI. usage: docs/checks/external-scorer.sh [VERSIONS]
set -euo pipefail
cd "$(dirname "$0")/../.."
versions=${1:-20}
data=$(mktemp -d)
servers=127.0.0.1:19392
cat >"$data/gapo.conf" <<CONF
gapo {
  kafka { bootstrap-servers = "$servers", partitions = 2 }
  policy.directory = demo/policy
  objectives = [
    { name = helpful, scored-by = reward-scorer, model { directory = demo/reward } }
    { name = brief, external {} }
  ]
  sampling.template = "BEGINNING OF CONVERSATION: USER: {prompt} ASSISTANT:"
  sampling { max-prompt-tokens = 64, max-response-tokens = 72 }
  training {
    batch-size = 32
    advantage = group-relative
    optimizer.learning-rate = 5.0e-4
    checkpoint-directory = "$data/checkpoints"
  }
  metrics.port = 19393
}
CONF
. docs/checks/common.sh
outside_python
start_scorer() {
  "$python" docs/external/scorer.py "$servers" brief >>"$data/scorer.log" 2>&1 &
  scorer=$!
  pids+=("$scorer")
}
metrics() { python3 -c 'import sys, urllib.request as u
print(u.urlopen("http://127.0.0.1:19393/metrics").read().decode())' | grep "$1"; }

start_broker
./gapo topics create --config "$data/gapo.conf" >/dev/null
toy_prompts 600 >"$data/prompts.jsonl"
./gapo feed --keep-duplicates --config "$data/gapo.conf" "$data/prompts.jsonl"
start_scorer
./gapo run --config "$data/gapo.conf" >"$data/run.log" 2>&1 &
run=$!
pids+=("$run")
wait_for "$data/run.log" "Made v$versions\$" "$run"
echo "trained: $(grep -o "Made v$versions\$" "$data/run.log")"
metrics '^gapo_objective_score'

kill -9 "$scorer"
killed=$SECONDS
wait "$scorer" 2>/dev/null || :
wait_for "$data/run.log" "'brief' is overdue" "$run"
echo "scorer killed; $((SECONDS - killed)) s later the run says:"
grep "'brief' is overdue" "$data/run.log"
metrics '^gapo_scores.*brief'

start_scorer
wait_for "$data/run.log" "score of objective 'brief'.*any more" "$run"
echo "scorer started again:"
grep "any more" "$data/run.log"
wait_for "$data/run.log" "Made v$((2 * versions))\$" "$run"
echo "trained: $(grep -o "Made v$((2 * versions))\$" "$data/run.log")"
metrics '^gapo_objective_score'
stop_run "$run"
./gapo lineage --bootstrap-servers "$servers"
