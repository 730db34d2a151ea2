#!/usr/bin/env bash
# Trains a small language model with zerod and with full-precision AdamW, in pairs that differ in
# nothing else, and compares the losses and the bytes. See --help.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=deploy/daemons.sh
source "$root/deploy/daemons.sh"

steps=280
seeds=3
bin="$root/build/release/bin"
output="$root/build/demo"
# About 0.8 million parameters. Both optimizers get the same options and, per seed, the same initial
# values and the same text in the same order.
readonly model_options=(--layers 4 --width 128 --heads 4 --context 64 --batch 16)
readonly training_options=(--lr 2e-3 --warmup 30 --weight-decay 0.1 --clip 1.0)
readonly trainers=2

usage() {
  cat <<'TEXT'
usage: deploy/demo.sh [--steps N] [--seeds N] [--text PATH]

Installs what is missing, builds zerod, and trains a byte-level language model on PATH (default: the
C++ headers of this machine) with zerod and with full-precision AdamW: N steps each, once per seed.
zerod runs as two daemons under mpirun, with a trainer process attached to each; the baseline's two
trainers are threads. Ends with a table here, build/demo/report.html and build/demo/result.json; the
daemons' log is build/demo/zerod.log. Takes under five minutes on two cores once everything is
built; fewer steps or seeds take less.
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
children=()

cleanup() {
  trap '' INT TERM HUP  # an impatient second Ctrl-C must not leave anything running
  end_children
  stop_daemons || true
  [[ -z "$work" ]] || rm -rf "$work"
}

# Children run in the background, so that a signal reaches this script at once and not after them.
start() {
  "$@" &
  children+=($!)
}

# How many children are still at work.
count_children() {
  local child count=0
  for child in "${children[@]}"; do
    if kill -0 "$child" 2> /dev/null; then ((++count)); fi
  done
  echo "$count"
}

# Ends all children, also one that waits for another and cannot heed the signal.
end_children() {
  local tries
  ((${#children[@]} > 0)) || return 0
  kill "${children[@]}" 2> /dev/null || true
  for ((tries = 0; tries < 20 && $(count_children) > 0; ++tries)); do
    sleep 0.1
  done
  kill -KILL "${children[@]}" 2> /dev/null || true
  wait "${children[@]}" 2> /dev/null || true
  children=()
}

# Waits for all children. When one fails, the others have a moment to say what that means for them.
await() {
  local child code=0 left
  while ((code == 0 && ${#children[@]} > 0)); do
    sleep 0.1
    left=()
    for child in "${children[@]}"; do
      if kill -0 "$child" 2> /dev/null; then
        left+=("$child")
      else
        wait "$child" || code=$?
      fi
    done
    children=("${left[@]}")
  done
  ((code == 0)) || sleep 1
  end_children
  return "$code"
}

# train OPTIMIZER SEED [OPTION ...]
train() {
  local optimizer="$1" seed="$2"
  shift 2
  start "$bin/train_lm" --optimizer "$optimizer" --seed "$seed" --steps "$steps" --eval-every 56 \
    --trainers "$trainers" "${model_options[@]}" "${training_options[@]}" "${text_options[@]}" \
    --metrics "$work/$optimizer-$seed.metrics" --summary "$work/$optimizer-$seed.summary" "$@" \
    > /dev/null
}

start_service() {
  mkdir -p "$output"
  start_daemons "$trainers" 1 "$work" 2> "$output/zerod.log" ||
    { cat "$output/zerod.log" >&2; echo "demo: the daemons did not start" >&2; return 1; }
  echo "demo: $trainers daemons are running; while they train, look at them from another terminal:"
  echo "  $bin/zeroctl --service $(daemon_address "$work" 0) jobs"
}

# Shows the job once it has done half of its steps.
show_job() {
  local seed="$1" done_steps
  while (($(count_children) == trainers)); do
    done_steps="$(wc --lines 2> /dev/null < "$work/zerod-$seed.metrics" || echo 0)"
    if ((2 * done_steps >= steps)); then
      echo "demo: zeroctl job seed-$seed, as node 1 tells it:"
      "$bin/zeroctl" --service "$(daemon_address "$work" 1)" job "seed-$seed" || true
      return
    fi
    sleep 0.2
  done
}

# Each trainer is a process, and talks to the daemon of its own node.
train_with_service() {
  local seed="$1" trainer
  for ((trainer = 0; trainer < trainers; ++trainer)); do
    train zerod "$seed" --service "$(daemon_address "$work" "$trainer")" --job "seed-$seed" \
      --trainer "$trainer"
  done
  show_job "$seed"
  await
}

# The first python3 that has matplotlib: the one found first may not be the system's.
report() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c "import matplotlib" 2> /dev/null; then
      MPLCONFIGDIR="$work" start "$python" -B "$root/deploy/demo_report.py" "$work" "$output"
      await
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
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # In /tmp: the path of a socket has room for 107 bytes.
  work="$(mktemp -d /tmp/zerod-demo.XXXXXX)"
  start_service
  for ((seed = 1; seed <= seeds; ++seed)); do
    train_with_service "$seed"
    train adamw-fp32 "$seed"
    await
  done
  stop_daemons ||
    { echo "demo: the daemons did not end well; see $output/zerod.log" >&2; return 1; }
  report
}

main "$@"
