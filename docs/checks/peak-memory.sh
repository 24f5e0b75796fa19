#!/usr/bin/env bash
# Writes a Mistral of 4.4 GB in bf16 (random numbers, no holes), loads it in a JVM with a heap of
# 512 MiB, and prints the most memory that the process held. The files are deleted again.
# usage: docs/checks/peak-memory.sh [BF16|F32]
set -euo pipefail
cd "$(dirname "$0")/../.."
type=${1:-BF16}
mvn -q -pl benchmarks -am -Dmaven.test.skip=true package dependency:build-classpath -Dmdep.outputFile=target/classpath
directory=$(mktemp -d "${TMPDIR:-/tmp}/gapo-peak-XXXX")
trap 'rm -r "$directory"' EXIT
classpath="benchmarks/target/classes:$(cat benchmarks/target/classpath)"
main=io.gapo.benchmarks.loading.PeakMemory
java -Xmx512m -Dai.djl.offline=true -cp "$classpath" "$main" write "$directory"
java -Xmx512m -Dai.djl.offline=true -cp "$classpath" "$main" load "$directory" "$type"
