#!/usr/bin/env bash
# Trains a small language model with zerod and with full-precision AdamW, in pairs that differ in
# nothing else, and compares the losses and the bytes. See --help.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

steps=280
seeds=3
trainer="$root/build/release/bin/train_lm"
output="$root/build/demo"
# About 0.8 million parameters. Both optimizers get the same options and, per seed, the same initial
# values and the same text in the same order.
readonly model_options=(--layers 4 --width 128 --heads 4 --context 64 --batch 16)
readonly training_options=(--lr 2e-3 --warmup 30 --weight-decay 0.1 --clip 1.0)
readonly world_options=(--trainers 2 --ranks 2)

usage() {
  cat <<'TEXT'
usage: deploy/demo.sh [--steps N] [--seeds N] [--text PATH]

Installs what is missing, builds zerod, and trains a byte-level language model on PATH (default: the
C++ headers of this machine) with zerod and with full-precision AdamW: N steps each, once per seed.
Ends with a table here, build/demo/report.html and build/demo/result.json. Takes under five minutes
on two cores once everything is built; fewer steps or seeds take less.
TEXT
}

usage_error() {
  echo "demo: $*; see --help" >&2
  exit 2
}

parse_arguments() {
  text_options=()
  while (($# > 0)); do
    case "$1" in
      --steps) steps="${2:-}" ;;
      --seeds) seeds="${2:-}" ;;
      --text) text_options=(--text "${2:-}") ;;
      --help | -h) usage; exit 0 ;;
      *) usage >&2; usage_error "unknown argument '$1'" ;;
    esac
    shift
    shift || break  # the value is missing, so it is empty
  done
  [[ "$steps" =~ ^[1-9][0-9]{0,6}$ ]] || usage_error "--steps is '$steps', not a number from 1"
  [[ "$seeds" =~ ^[1-9][0-9]{0,2}$ ]] || usage_error "--seeds is '$seeds', not a number from 1"
}

work=""
child=""

cleanup() {
  if [[ -n "$child" ]]; then
    kill "$child" 2> /dev/null || true
    wait "$child" 2> /dev/null || true
  fi
  [[ -z "$work" ]] || rm -rf "$work"
}

# In the background, so that a signal reaches this script at once and not after the run.
run() {
  "$@" &
  child=$!
  local code=0
  wait "$child" || code=$?
  child=""
  return "$code"
}

train() {
  local optimizer="$1" seed="$2"
  run "$trainer" --optimizer "$optimizer" --seed "$seed" --steps "$steps" --eval-every 56 \
    "${model_options[@]}" "${training_options[@]}" "${world_options[@]}" "${text_options[@]}" \
    --metrics "$work/$optimizer-$seed.metrics" --summary "$work/$optimizer-$seed.summary" \
    > /dev/null
}

# The first python3 that has matplotlib: the one found first may not be the system's.
report() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c "import matplotlib" 2> /dev/null; then
      MPLCONFIGDIR="$work" run "$python" -B "$root/deploy/demo_report.py" "$work" "$output"
      return
    fi
  done
  echo "demo: no python3 with matplotlib; install python3-matplotlib" >&2
  return 1
}

main() {
  parse_arguments "$@"
  "$root/deploy/setup.sh" --for demo
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work="$(mktemp -d)"
  for ((seed = 1; seed <= seeds; ++seed)); do
    train zerod "$seed"
    train adamw-fp32 "$seed"
  done
  report
}

main "$@"
