#!/usr/bin/env bash
# Trains a policy, a reward model and a cost model on small files of messages, of HH-RLHF's and of
# PKU-SafeRLHF's shape with `gapo train`, from the demo's policy with a chat template put beside it.
# Kills the reward's training on its way and lets it continue; refuses other settings. Then holds the scores
# here against those of transformers, and exits with 1 if one differs by more than 1e-4.
# Needs python3 with venv. usage: docs/checks/train.sh [PYTHON]
#   PYTHON  of an environment with tools/models/requirements.txt; one is made if not given
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(mktemp -d "${TMPDIR:-/tmp}/gapo-train-XXXX")
trap 'rm -r "$data"' EXIT
python=${1:-$data/py/bin/python}
if [[ ! -x $python ]]; then
  python3 -m venv "$data/py"
  "$data/py/bin/pip" install -q -r tools/models/requirements.txt
fi
"$python" tools/fixtures/train_check.py data "$data"
mvn -q -pl lab -am -DskipTests package
classes=$(printf '%s/target/classes:' chat-template hub core objectives broker actors streams model-runtime ops lab)

cp -r demo/policy "$data/start"
cat >"$data/start/tokenizer_config.json" <<'JSON'
{"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>",
 "chat_template": "{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"}
JSON
common=(--held-out 0.1 --checkpoint-every 10 --measure-every 20 --threads 1)
reward=(train reward --data "$data/hh.jsonl.gz" --out "$data/reward" --model "$data/sft" --learning-rate 1e-3)
echo "== gapo train sft"
./gapo train sft --data "$data/messages.jsonl" --out "$data/sft" --model "$data/start" --lora-rank 8 \
  --learning-rate 3e-3 --json "$data/counts.json" "${common[@]}"
cat "$data/counts.json"; echo

echo "== gapo train reward, killed"
./gapo "${reward[@]}" --epochs 3 "${common[@]}" >"$data/killed.log" &
training=$!
until [[ -f $data/reward/training/checkpoint.safetensors ]]; do
  kill -0 "$training"
  read -rt 0.05 <> <(:) || :
done
kill -9 "$training"
wait "$training" || echo "killed; what there is: $(cd "$data/reward" && find . -type f | xargs)"
./gapo "${reward[@]}" --epochs 2 "${common[@]}" && exit 1
./gapo "${reward[@]}" --epochs 3 "${common[@]}"

echo "== gapo train cost"
./gapo train cost --data "$data/pku.jsonl" --out "$data/cost" --model "$data/sft" --learning-rate 1e-3 \
  "${common[@]}"

for model in reward cost; do
  java -cp "lab/target/test-classes:$classes$(cat lab/target/classpath)" \
    io.gapo.lab.training.ScoreCheck "$data/$model" "$data/answers.jsonl" >"$data/$model.scores"
done
echo "== transformers"
"$python" tools/fixtures/train_check.py compare "$data/sft" "$data/answers.jsonl" \
  "$data/reward" "$data/reward.scores" "$data/cost" "$data/cost.scores"
