#!/usr/bin/env bash
# Trains on 500 prompts with an objective whose HTTP scorer is killed, slow, hangs up, answers 429,
# 500, HTML, NaN, null and too few scores; then accounts for every prompt and rollout, and shows that
# no failure became a score. Needs python3 with venv, and PyPI. usage: docs/checks/scorer-chaos.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(mktemp -d)
servers=127.0.0.1:19492
port=19494
cat >"$data/gapo.conf" <<CONF
gapo {
  kafka { bootstrap-servers = "$servers", partitions = 2 }
  policy.directory = demo/policy
  objectives = [
    { name = served, scored-by = cost-scorer
      http {
        url = "http://127.0.0.1:$port/score"
        timeout = 1s, min-backoff = 50ms, max-backoff = 1s, probe-every = 1s
      } }
    { name = concise, scored-by = reward-scorer, rule { kind = conciseness } }
  ]
  sampling.template = "BEGINNING OF CONVERSATION: USER: {prompt} ASSISTANT:"
  sampling { samples-per-prompt = 2, max-prompt-tokens = 64, max-response-tokens = 24 }
  training {
    batch-size = 32
    advantage = group-relative
    optimizer.learning-rate = 1.0e-4
    checkpoint-directory = "$data/checkpoints"
  }
  metrics.port = 0
}
CONF
. docs/checks/common.sh
outside_python
start_scorer() { # SEED
  python3 docs/checks/chaos_scorer.py "$port" "$1" >>"$data/scorer.log" 2>&1 &
  scorer=$!
  pids+=("$scorer")
}
# Waits until fewer than so many of the 1 000 rollouts have no fate.
until_fewer_wait() { # ROLLOUTS
  local waiting=1000
  until ((waiting < $1)); do
    kill -0 "$run" || { cat "$data/run.log"; exit 1; }
    sleep 3
    waiting=$(./gapo lineage --bootstrap-servers "$servers" |
      sed -n 's/^rollouts: 1000 = .* + \([0-9]*\) waiting$/\1/p')
    waiting=${waiting:-1000}
  done
}
run() { # further arguments
  ./gapo run --config "$data/gapo.conf" "$@" >>"$data/run.log" 2>&1 &
  run=$!
  pids+=("$run")
}

start_broker
./gapo topics create --config "$data/gapo.conf" >/dev/null
toy_prompts 500 >"$data/prompts.jsonl"
./gapo feed --keep-duplicates --config "$data/gapo.conf" "$data/prompts.jsonl"
start_scorer 1
run
for seed in 2 3 4; do
  sleep 5
  kill -9 "$scorer"
  wait "$scorer" 2>/dev/null || :
  echo "scorer killed"
  sleep 3
  start_scorer "$seed"
done
until_fewer_wait 32
stop_run "$run"
# What is left is less than a batch: a prompt at a time.
run --set gapo.training.batch-size=1
until_fewer_wait 1
stop_run "$run"
./gapo lineage --bootstrap-servers "$servers"
echo "tries that failed, by reason:"
grep -oE "/score (answered|broke off|cannot be reached|did not answer)[^;]*; try" "$data/run.log" |
  sed -E "s/^.score //; s/(: .*|; try)$//; s/with [0-9]+ values.*/with too few scores/" | sort | uniq -c | sort -rn
"$python" docs/checks/chaos_summary.py "$servers" served
