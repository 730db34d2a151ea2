#!/usr/bin/env bash
# Builds zerod and runs all its tests, in the release build and under the sanitizers. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

presets=()

usage() {
  cat <<'TEXT'
usage: deploy/test.sh [--quick | --preset NAME ...]

Builds with deploy/setup.sh and runs every test of the presets release, asan and tsan; with --quick
of release only; with --preset (repeatable) of those named. Exits with 1 if a build or a test
failed. The last line counts tests over all presets.
TEXT
}

fail() {
  echo "test: $*" >&2
  exit 1
}

parse_arguments() {
  while (($# > 0)); do
    case "$1" in
      --quick) presets+=(release); shift ;;
      --preset)
        (($# > 1)) || fail "--preset needs a name; cmake --list-presets shows them"
        presets+=("$2"); shift 2 ;;
      --help | -h) usage; exit 0 ;;
      *) usage >&2; fail "unknown argument '$1'" ;;
    esac
  done
  ((${#presets[@]} > 0)) || presets=(release asan tsan)
}

has_gpu() {
  compgen -G '/dev/nvidia[0-9]*' > /dev/null
}

# Prints the names of the tests in build folder $1 that need a GPU.
gpu_tests() {
  ctest --test-dir "$1" -N -L '^gpu$' | awk '/^ *Test +#/ {print $NF}'
}

# Runs one preset's tests; leaves what count_tests.py reads in build/PRESET.
run_tests() {
  local preset="$1" folder="build/$1" launcher=()
  local arguments=(--preset "$preset" --parallel "$(nproc)" --output-junit ctest.xml)
  rm -f "$folder/ctest.xml"
  : > "$folder/ctest.skipped"
  if ! has_gpu; then
    gpu_tests "$folder" > "$folder/ctest.skipped"
    arguments+=(--label-exclude '^gpu$')
  fi
  if [[ -s "$folder/ctest.skipped" ]]; then
    echo "test: NO GPU ON THIS MACHINE; skipped in $preset: $(xargs < "$folder/ctest.skipped")"
  fi
  # ThreadSanitizer cannot start where the kernel spreads addresses widely.
  if [[ "$preset" == tsan ]] && setarch --addr-no-randomize true 2> /dev/null; then
    launcher=(setarch --addr-no-randomize)
  fi
  "${launcher[@]}" ctest "${arguments[@]}" < /dev/null 2>&1 | tee "$folder/ctest.log"
}

main() {
  local preset status=0 reports=()
  for preset in "${presets[@]}"; do
    echo "test: === preset $preset: build, after ${SECONDS} s"
    deploy/setup.sh --for test --preset "$preset" || fail "preset $preset did not build"
    echo "test: === preset $preset: tests, after ${SECONDS} s"
    run_tests "$preset" || status=1
    reports+=("build/$preset")
  done
  echo "test: === summary, after ${SECONDS} s"
  python3 deploy/count_tests.py "${reports[@]}" || status=1
  exit "$status"
}

parse_arguments "$@"
main
