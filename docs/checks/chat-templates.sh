#!/usr/bin/env bash
# Takes the real chat templates out of TRL's wheel from PyPI, renders each with six conversations,
# with and without generation prompt, by jinja2 as transformers sets it up and by chat-template, and
# prints how many texts are the same. Then does the same with token ids, for tokenizers in the shapes of
# Llama 3, Qwen 2.5, Qwen 3 and Mistral, by transformers and by gapo prompt show. Exits with 1 if one differs.
# Needs python3 with venv. usage: docs/checks/chat-templates.sh [TRL_VERSION]
set -euo pipefail
cd "$(dirname "$0")/../.."
trl=trl${1:+==$1}
directory=$(mktemp -d "${TMPDIR:-/tmp}/gapo-templates-XXXX")
trap 'rm -r "$directory"' EXIT
python3 -m venv "$directory/py"
"$directory/py/bin/pip" install -q jinja2==3.1.6
"$directory/py/bin/pip" download -q --no-deps -d "$directory" "$trl"
basename "$directory"/trl-*.whl
"$directory/py/bin/python" -m zipfile -e "$directory"/trl-*.whl "$directory/wheel"
templates="$directory/wheel/trl/chat_templates"
"$directory/py/bin/python" tools/fixtures/chat_templates.py "$templates" "$directory/expected.json"

mvn -q -pl chat-template -am -DskipTests package dependency:build-classpath \
  -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
classes=chat-template/target/test-classes:chat-template/target/classes
java -cp "$classes:$(cat chat-template/target/classpath)" io.gapo.chat.CompareTemplates \
  chat-template/src/test/resources/chat "$templates" "$directory/expected.json"

"$directory/py/bin/pip" install -q transformers==5.23.0
PYTHONDONTWRITEBYTECODE=1 "$directory/py/bin/python" tools/models/chat_shapes.py "$templates" ./gapo
