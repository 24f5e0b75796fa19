#!/usr/bin/env bash
# Holds the hub's cache against huggingface_hub from PyPI: a local hub serves the demo's policy and
# breaks off its first large file at 40 %; each of ours and Python's reads, offline, what the other
# fetched, and asks for no file that the other has. Exits with 1 if they differ.
# Needs python3 with venv. usage: docs/checks/hub.sh [HUGGINGFACE_HUB_VERSION]
set -euo pipefail
cd "$(dirname "$0")/../.."
model=org/tiny-model
directory=$(mktemp -d "${TMPDIR:-/tmp}/gapo-hub-XXXX")
trap 'exec {ask}>&- || :; rm -r "$directory"' EXIT
python3 -m venv "$directory/py"
"$directory/py/bin/pip" install -q "huggingface_hub${1:+==$1}"
"$directory/py/bin/pip" list 2>/dev/null | grep -i '^huggingface'
mvn -q -pl hub -am -DskipTests package dependency:build-classpath \
  -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
java=(java -cp "hub/target/test-classes:hub/target/classes:$(cat hub/target/classpath)" io.gapo.hub.HubCheck)

mkfifo "$directory/ask" "$directory/answer"
"${java[@]}" serve demo/policy <"$directory/ask" >"$directory/answer" &
exec {ask}>"$directory/ask" {answer}<"$directory/answer"
read -r HF_ENDPOINT <&"$answer"
export HF_ENDPOINT HF_HUB_DISABLE_TELEMETRY=1 HF_HUB_DISABLE_PROGRESS_BARS=1 HF_HUB_DISABLE_XET=1

requests() { # so far: one line each
  local line
  echo >&"$ask"
  while read -r line <&"$answer" && [[ $line != end ]]; do echo "$line"; done
}
python() { # further arguments of snapshot_download
  "$directory/py/bin/python" -c "import huggingface_hub as h; print(h.snapshot_download('$model'$1))"
}
digests() { (cd "$1" && sha256sum -- *.json *.safetensors); }
same() { # what, one, other
  [[ $2 == "$3" ]] && echo "same: $1" || { echo "differs: $1"; diff <(echo "$2") <(echo "$3"); exit 1; }
}

export HF_HOME="$directory/ours"
ours=$("${java[@]}" fetch "$model")
requests >"$directory/before"
grep '^store' "$directory/before"
same "the directory that Python finds offline after us" "$ours" "$(python ', local_files_only=True')"
same "files after us" "$(digests demo/policy)" "$(digests "$ours")"
python ", allow_patterns=['*.json', '*.safetensors']" >/dev/null
same "files that Python loads after us" "" \
  "$(requests | tail -n "+$(($(wc -l <"$directory/before") + 1))" | grep GET | grep -v ' /api/' || :)"

export HF_HOME="$directory/python"
theirs=$(python '')
requests >"$directory/before"
same "the directory that we find offline after Python" "$theirs" \
  "$(HF_HUB_OFFLINE=1 "${java[@]}" fetch "$model")"
same "files after Python" "$(digests "$ours")" "$(digests "$theirs")"
same "the directory that we find online after Python" "$theirs" "$("${java[@]}" fetch "$model")"
same "files that we load after Python" "" \
  "$(requests | tail -n "+$(($(wc -l <"$directory/before") + 1))" | grep -v ' /api/' || :)"
HF_HOME="$directory/nobody" HF_HUB_OFFLINE=1 "${java[@]}" fetch "$model" 2>"$directory/refusal" && exit 1
grep HubException "$directory/refusal"
