#!/usr/bin/env bash
# Runs every GPU test in this folder (see pack.sh), once plainly and once under compute-sanitizer, and
# prints a short table last. Exits with 1 if anything failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export LD_LIBRARY_PATH="$PWD/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
logs="${OUT:-$(mktemp -d)}"
rows=() status=0

# run NAME COMMAND...: appends a row; counts what the tests say of themselves.
run() {
  local name="$1" outcome=ok start="$SECONDS"
  shift
  "$@" > "$logs/$name.log" 2>&1 || { outcome=FAILED; status=1; tail -n 30 "$logs/$name.log"; }
  local passed skipped
  passed="$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$logs/$name.log")"
  skipped="$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$logs/$name.log")"
  rows+=("$(printf '%-34s %-6s %5s passed %5s skipped %5s s' "$name" "$outcome" \
    "${passed:-0}" "${skipped:-0}" "$((SECONDS - start))")")
}

for test in ./gpu_*_test; do
  name="$(basename "$test")"
  run "$name" "$test"
  # Every access of every kernel; fewer steps, since each is slower by orders of magnitude.
  for tool in memcheck racecheck initcheck; do
    run "$name.$tool" compute-sanitizer --tool "$tool" --error-exitcode 1 \
      "$test" --gtest_filter='*SanitizerSized*'
  done
done

echo "zerod $(cat commit), $(date -u +%F), $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | paste -sd';')"
printf '%s\n' "${rows[@]}"
exit "$status"
