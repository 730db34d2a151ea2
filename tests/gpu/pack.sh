#!/usr/bin/env bash
# Packs the GPU tests and benchmarks with the libraries they need, for a machine with a GPU but
# without the packages of this one: pack.sh BUILD_FOLDER TARGET_FOLDER [FLASHOPTIM_WHEEL]. Run them
# there with TARGET_FOLDER/run.sh.
set -euo pipefail

if (($# != 2 && $# != 3)); then
  echo "usage: pack.sh BUILD_FOLDER TARGET_FOLDER [FLASHOPTIM_WHEEL]" >&2
  exit 2
fi
build="$1" target="$2" here="$(dirname "$0")"
mkdir -p "$target/lib"

for program in "$build"/tests/gpu_*_test "$build/bin/gpu_bench" "$build/tests/gpu/libzerod_probe.so"; do
  strip -o "$target/$(basename "$program")" "$program"
  # What the C library's own packages hold is on every machine.
  ldd "$program" | awk '$3 ~ /^\// {print $3}' | grep -vE '/(libc|libm|libdl|libpthread|librt)\.so' |
    xargs -I{} cp --dereference {} "$target/lib/"
done
cp "$here"/*.py "$here/run.sh" "$target/"
if (($# == 3)); then cp "$3" "$target/"; fi
git -C "$here" describe --always --dirty > "$target/commit"
du -sh "$target"
