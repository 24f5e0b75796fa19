#!/usr/bin/env bash
# Decoding side by side with PyTorch: run-decoding.sh PYTHON MODELS NAME [options of DecodingBenchmark]
# Needs `mvn -pl benchmarks -am install -DskipTests` and the class path, as README.md says.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 models=$2 name=$3
shift 3
exec java -Xmx1g -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
  io.gapo.benchmarks.decoding.DecodingBenchmark --python "$python" --model "$models/$name" "$@"
