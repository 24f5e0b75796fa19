#!/usr/bin/env bash
# Builds DJL's JNI library against a PyTorch that DJL does not publish one for, such as a newer one that is
# already on a GPU machine: build-jni.sh DJL TORCH OUT
#
#   DJL    a checkout of https://github.com/deepjavalibrary/djl at the tag of djl.version in pom.xml
#   TORCH  the package's directory: python3 -c 'import torch; print(torch.__path__[0])'
#   OUT    where libdjl_torch.so goes; PYTORCH_LIBRARY_PATH/ is where it is looked for (docs/gpu.md)
#
# Needs a JDK, g++ and the jars that any build of this project has fetched.
set -euo pipefail
djl=$1 torch=$2 out=$3
jdk=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
native=$djl/engines/pytorch/pytorch-native/src/main/native
engine=$djl/engines/pytorch/pytorch-engine/src/main/java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

jars=$(find ~/.m2/repository/ai/djl ~/.m2/repository/org/slf4j -name '*.jar' | tr '\n' ':')
javac -proc:none -nowarn -h "$work" -d "$work/classes" -cp "$jars" "$engine/ai/djl/pytorch/jni/PyTorchLibrary.java"

find "$native" -name '*.cc' -print0 | xargs -0 -P "$(nproc)" -I{} sh -c \
  "g++ -std=c++17 -O2 -fPIC -w -I$torch/include -I$torch/include/torch/csrc/api/include -I$jdk/include -I$jdk/include/linux \
     -I$djl/api/src/main/native -I$work -c {} -o $work/\$(basename {}).o"
g++ -shared -s -o "$out/libdjl_torch.so" "$work"/*.o -L"$torch/lib" -ltorch -ltorch_cpu -lc10 \
  -Wl,-rpath,'$ORIGIN' -Wl,--allow-shlib-undefined
echo "$out/libdjl_torch.so"
