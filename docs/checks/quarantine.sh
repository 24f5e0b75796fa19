#!/usr/bin/env bash
# Feeds 1 000 good prompts and 200 bad records with kcat to all stages, with three objectives, waits
# until every good prompt has its rollout, and accounts for all of them.
# Needs kcat (Debian has it). usage: docs/checks/quarantine.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v kcat >/dev/null || { echo "kcat is missing: apt-get install kcat" >&2; exit 1; }
data=$(mktemp -d)
servers=127.0.0.1:19292
cat >"$data/gapo.conf" <<CONF
gapo {
  kafka { bootstrap-servers = "$servers", partitions = 2 }
  policy.directory = demo/policy
  objectives = [
    { name = helpful,  scored-by = reward-scorer, model { directory = demo/reward } }
    { name = harmless, scored-by = cost-scorer,   model { directory = demo/cost, negate = true } }
    { name = concise,  scored-by = reward-scorer, rule { kind = conciseness } }
  ]
  sampling.template = "BEGINNING OF CONVERSATION: USER: {prompt} ASSISTANT:"
  sampling { samples-per-prompt = 1, max-prompt-tokens = 64, max-response-tokens = 72 }
  training {
    batch-size = 64
    optimizer.learning-rate = 1.0e-4
    checkpoint-directory = "$data/checkpoints"
  }
  metrics.port = 0
}
CONF
. docs/checks/common.sh
start_broker
./gapo topics create --config "$data/gapo.conf" >/dev/null

long=$(printf 'word %.0s' {1..200})
things=(kite lamp boat clock drum globe)
for i in $(seq 1 1000); do
  echo "{\"id\": \"good-$i\", \"prompt\": \"how do i repair my red ${things[i % 6]} today?\", \"ignored\": $i}"
  if ((i % 5 == 0)); then
    case $((i / 5 % 10)) in
      0) echo '{"id": "cut", "prompt": "how do' ;;
      1) echo "{\"id\": \"none-$i\"}" ;;
      2) echo "{\"id\": \"empty-$i\", \"prompt\": \"\"}" ;;
      3) echo "{\"id\": \"number-$i\", \"prompt\": 7}" ;;
      4) echo "{\"id\": [$i], \"prompt\": \"how do i clean my kite?\"}" ;;
      5) printf '{"id": "bytes-%d", "prompt": "how \xc3\x28 do"}\n' "$i" ;;
      6) echo "[\"a list\", $i]" ;;
      7) echo "{\"id\": \"long-$i\", \"prompt\": \"$long\"}" ;;
      8) echo "no json at all, $i" ;;
      9) echo "{\"id\": \"blank-$i\", \"prompt\": \"   \"}" ;;
    esac
  fi
done >"$data/records"
# A record of a megabyte replaces the last of the bad ones.
{
  grep -av '^{"id": "cut"' "$data/records"
  for _ in $(seq 1 19); do echo '{"id": "cut", "prompt": "how do'; done
  printf '{"id": "megabyte", "prompt": "%s"}\n' "$(head -c 1000000 /dev/zero | tr '\0' 'a')"
} >"$data/all"
kcat -P -b "$servers" -t gapo.prompts -X message.max.bytes=8000000 -l "$data/all"
echo "$(wc -l <"$data/all") records fed"

roles=rollout-generator,reward-scorer,cost-scorer,gradient-collector,mgda-combiner,optimizer
./gapo run --role "$roles" --config "$data/gapo.conf" >"$data/run.log" 2>&1 &
run=$!
pids+=("$run")
# 15 batches of 64 rollouts; the rest waits for a batch to be full.
wait_for "$data/run.log" 'Made v15$' "$run"
stop_run "$run"
./gapo lineage --bootstrap-servers "$servers"
kcat -C -b "$servers" -t gapo.quarantine -e -q -f '%p %o\n' | wc -l | sed 's/$/ records in quarantine/'
