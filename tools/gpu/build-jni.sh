#!/usr/bin/env bash
# Builds DJL's JNI library against a PyTorch that DJL does not publish one for, such as a newer one that is
# already on a GPU machine: build-jni.sh DJL TORCH OUT
#
#   DJL    a checkout of https://github.com/deepjavalibrary/djl at the tag of djl.version in pom.xml
#   TORCH  the package's directory: python3 -c 'import torch; print(torch.__path__[0])'
#   OUT    where libdjl_torch.so goes, made if need be; PYTORCH_LIBRARY_PATH/ is where it is looked for
#          (docs/gpu.md)
#
# Needs a JDK, g++ and the jars that any build of this project has fetched.
set -euo pipefail

fail() {
  echo "build-jni.sh: $*" >&2
  exit 1
}

if [ $# -ne 3 ]; then
  echo "usage: build-jni.sh DJL TORCH OUT, see the head of $0" >&2
  exit 2
fi
djl=$1 torch=$2 out=$3
pom=$(dirname "$(readlink -f "$0")")/../../pom.xml
version=$(sed -n 's:.*<djl.version>\(.*\)</djl.version>.*:\1:p' "$pom")
javac=$(command -v javac) || fail "there is no javac on the path: install a JDK"
jdk=$(dirname "$(dirname "$(readlink -f "$javac")")")
native=$djl/engines/pytorch/pytorch-native/src/main/native
engine=$djl/engines/pytorch/pytorch-engine/src/main/java
[ -d "$native" ] || fail "$djl is not a checkout of DJL: clone it at the tag v$version"
checkout=$(sed -n 's/^djl = "\(.*\)"/\1/p' "$djl/gradle/libs.versions.toml")
[ "$checkout" = "$version" ] || fail "$djl is DJL '$checkout', this project's is $version: check out the tag v$version"
[ -f "$torch/lib/libtorch_cpu.so" ] || fail "$torch is not a PyTorch: there is no lib/libtorch_cpu.so in it"
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
jars=$repository/ai/djl/api/$version/api-$version.jar:$repository/ai/djl/pytorch/pytorch-engine/$version/pytorch-engine-$version.jar
slf4j=$(find "$repository/org/slf4j/slf4j-api" -name 'slf4j-api-*.jar' | sort -V | tail -n 1)
for jar in "${jars%%:*}" "${jars##*:}"; do
  [ -f "$jar" ] || fail "$jar is missing: build the project once"
done
"$javac" -proc:none -nowarn -h "$work" -d "$work/classes" -cp "$jars:$slf4j" \
  "$engine/ai/djl/pytorch/jni/PyTorchLibrary.java"

# std::string has another name in a PyTorch that was built with the other ABI of libstdc++. A newer one does
# not say which: it has only the new one.
abi=$(grep -o '_GLIBCXX_USE_CXX11_ABI=[01]' "$torch/share/cmake/Torch/TorchConfig.cmake" | head -n 1) || true
abi=${abi:-_GLIBCXX_USE_CXX11_ABI=1}
flags=(-std=c++17 -O2 -fPIC -w "-D$abi"
  "-I$torch/include" "-I$torch/include/torch/csrc/api/include" "-I$jdk/include" "-I$jdk/include/linux"
  "-I$djl/api/src/main/native" "-I$work")
find "$native" -name '*.cc' -print0 | xargs -0 -P "$(nproc)" -n 1 bash -c '
  source=${!#} work=$1
  exec g++ "${@:2:$#-2}" -c "$source" -o "$work/$(basename "$source").o"' compile "$work" "${flags[@]}"
g++ -shared -s -o "$out/libdjl_torch.so" "$work"/*.o -L"$torch/lib" -ltorch -ltorch_cpu -lc10 \
  -Wl,-rpath,'$ORIGIN' -Wl,--allow-shlib-undefined
echo "$out/libdjl_torch.so"
