#!/usr/bin/env bash
# Tests the kernels' NEON path without an ARM machine: cross-compiles base, kernels and their tests
# for aarch64 and runs them under QEMU, every Highway target of the emulated CPU. Debian's packages
# for arm64 are downloaded and unpacked beside the build, not installed.
#   tests/setup/neon.sh [BUILD_FOLDER]
# Needs g++-aarch64-linux-gnu and qemu-user; takes about ten minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build="$(realpath -m "${1:-build/neon}")"
for program in aarch64-linux-gnu-g++ qemu-aarch64; do
  if ! command -v "$program" > /dev/null; then
    echo "neon.sh: $program is missing: apt-get install g++-aarch64-linux-gnu qemu-user" >&2
    exit 2
  fi
done
mkdir -p "$build/packages" "$build/lists/partial" "$build/objects" "$build/root"

if ! ls "$build"/packages/libhwy1_*.deb > /dev/null 2>&1; then
  apt=(-qq -o APT::Architectures::=arm64 -o "Dir::State::lists=$build/lists" -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" update
  (cd "$build/packages" && apt-get "${apt[@]}" download \
    lib{hwy1,hwy-dev,absl20220623,absl-dev,gtest-dev,gmock-dev}:arm64)
  for package in "$build"/packages/*.deb; do dpkg-deb -x "$package" "$build/root"; done
fi
libraries="$build/root/usr/lib/aarch64-linux-gnu"

compile=(aarch64-linux-gnu-g++ -std=c++20 -O2 -DNDEBUG -DZEROD_EMULATED -ffp-contract=off -Wall -Wextra
  -Wno-missing-field-initializers -Werror -I. -Ikernels/include -Ibase/include
  -isystem "$build/root/usr/include")
sources=(base/{check,dtype,worker_team}.cc kernels/*.cc kernels/cpu/*.cc
  tests/kernels/{codec_flash,codec_robust,division,fused_update,gradient_norm,parallel,reduce}_test.cc
  tests/kernels/{targets,update_chain,update_cut,update_equality,update_nonfinite,update_telemetry}_test.cc
  tests/kernels/{update_config,update_state}.cc)
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} \
  bash -c '"${@:2}" -c "$1" -o "'"$build"'/objects/$(echo "$1" | tr / _).o"' bash {} "${compile[@]}"

mapfile -t absl < <(cd "$libraries" && ls libabsl_*.so | sed 's/^lib\(.*\)\.so$/-l\1/')
"${compile[@]}" -o "$build/kernels_test" "$build"/objects/*.o -L"$libraries" -lgmock -lgtest -lgtest_main \
  -lhwy "${absl[@]}" -lpthread -Wl,--as-needed
exec qemu-aarch64 -L /usr/aarch64-linux-gnu \
  -E "LD_LIBRARY_PATH=$libraries:/usr/aarch64-linux-gnu/lib" "$build/kernels_test"
