#!/usr/bin/env bash
# Trains the demo for each staleness limit, ratio correction and seed, and prints how each score and
# gold grade has changed after as many steps, on the validation topics, with standard errors over seeds.
# A run whose figures are there already is not repeated, so that an interrupted check continues; one
# that fails is named, and the others go on.
# usage: docs/checks/staleness.sh [STEPS [STALENESS [SEEDS [CORRECTIONS [DIRECTORY]]]]]
#   STEPS        versions to train (40)
#   STALENESS    limits, as "0 1 4 8 16" (the default)
#   SEEDS        as "1 2 3" (the default)
#   CORRECTIONS  kinds, as "clip truncated token-mask sequence-mask divergence" (the default); a kind and
#                settings of it may be joined by commas, as in
#                "sequence-mask,sequence-mask.of=geometric-mean"
#   DIRECTORY    where figures and logs are kept (data/staleness)
set -euo pipefail
cd "$(dirname "$0")/../.."
steps=${1:-40}
limits=${2:-0 1 4 8 16}
seeds=${3:-1 2 3}
corrections=${4:-clip truncated token-mask sequence-mask divergence}
directory=${5:-data/staleness}
mkdir -p "$directory"
failed=0
for seed in $seeds; do # whole tables first, then more seeds
  for limit in $limits; do
    for correction in $corrections; do
      run="$directory/steps-$steps,staleness-$limit,$correction,seed-$seed"
      [[ -s $run.json ]] && continue
      IFS=, read -r kind extra <<<"$correction"
      sets=(--set "gapo.training.max-staleness=$limit" --set "gapo.training.ratio-correction.kind=$kind")
      for setting in ${extra//,/ }; do
        sets+=(--set "gapo.training.ratio-correction.$setting")
      done
      echo "training $run"
      if ! ./gapo demo --fresh --data "$directory/running" --steps "$steps" --seed "$seed" \
        --split validation --samples 0 --json "$run.json" "${sets[@]}" >"$run.log" 2>&1; then
        echo "failed: see $run.log"
        failed=1
      fi
    done
  done
done
rm -rf "$directory/running"
python3 docs/checks/staleness_table.py "$directory" "$steps"
exit "$failed"
