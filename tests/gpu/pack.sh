#!/usr/bin/env bash
# Packs the GPU tests with the libraries they need, for a machine with a GPU but without the packages
# of this one: pack.sh BUILD_FOLDER TARGET_FOLDER. Run them there with TARGET_FOLDER/run.sh.
set -euo pipefail

if (($# != 2)); then
  echo "usage: pack.sh BUILD_FOLDER TARGET_FOLDER" >&2
  exit 2
fi
build="$1" target="$2"
mkdir -p "$target/lib"

for program in "$build"/tests/gpu_*_test; do
  strip -o "$target/$(basename "$program")" "$program"
  # What the C library's own packages hold is on every machine.
  ldd "$program" | awk '$3 ~ /^\// {print $3}' | grep -vE '/(libc|libm|libdl|libpthread|librt)\.so' |
    xargs -I{} cp --dereference {} "$target/lib/"
done
cp "$(dirname "$0")/run.sh" "$target/"
git -C "$(dirname "$0")" describe --always --dirty > "$target/commit"
