#!/usr/bin/env bash
# Runs every GPU test in this folder (see pack.sh), plainly and then a part of each under
# compute-sanitizer, gpu_bench, and the comparison with FlashOptim where its wheel was packed. Prints
# a short table last. Logs and JSON become one archive, gpu_logs.tar.gz in $OUT, or in a temporary
# folder that it names. Exits with 1 if anything failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export LD_LIBRARY_PATH="$PWD/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
target="${OUT:-$(mktemp -d)}"
logs="$(mktemp -d)"
trap 'tar -czf "$target/gpu_logs.tar.gz" -C "$logs" . && rm -r "$logs"' EXIT
rows=() status=0

# run NAME SECONDS COMMAND...: appends a row; counts what the tests say of themselves.
run() {
  local name="$1" limit_s="$2" outcome=ok start="$SECONDS"
  shift 2
  timeout "$limit_s" "$@" > "$logs/$name.log" 2>&1 ||
    { outcome=FAILED; status=1; tail -n 30 "$logs/$name.log"; }
  local passed skipped
  passed="$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$logs/$name.log")"
  skipped="$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$logs/$name.log")"
  rows+=("$(printf '%-34s %-6s %5s passed %5s skipped %5s s' "$name" "$outcome" \
    "${passed:-0}" "${skipped:-0}" "$((SECONDS - start))")")
}

for test in ./gpu_*_test; do
  run "$(basename "$test")" 180 "$test"
done
run gpu_bench 120 ./gpu_bench --json "$logs/gpu_bench.json"
wheel="$(find . -name 'flashoptim-*.whl' | head -n 1)"
if [[ -n "$wheel" ]]; then
  run flashoptim_compare 180 python3 flashoptim_compare.py ./libzerod_probe.so "$wheel" \
    --json "$logs/flashoptim_compare.json"
fi
# Every access of every kernel; fewer steps, since each is slower by orders of magnitude.
for test in ./gpu_update_test ./gpu_reduce_test; do
  for tool in memcheck racecheck initcheck; do
    run "$(basename "$test").$tool" 60 compute-sanitizer --tool "$tool" --error-exitcode 1 \
      "$test" --gtest_filter='*SanitizerSized*'
  done
done

cat "$logs/gpu_bench.log"
[[ -z "$wheel" ]] || tail -n 40 "$logs/flashoptim_compare.log"
echo "zerod $(cat commit), $(date -u +%F), $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | paste -sd';'), logs in $target/gpu_logs.tar.gz"
printf '%s\n' "${rows[@]}"
exit "$status"
