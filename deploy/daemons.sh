#!/usr/bin/env bash
# Runs zerod daemons on this host until it is told to stop: from a terminal, as a container's
# program, or sourced, for start_daemons and stop_daemons. See --help.
set -euo pipefail

daemons_usage() {
  cat <<'TEXT'
usage: deploy/daemons.sh [--nodes N] [--ranks K] [--sockets DIR] [-- OPTION ...]

Starts N daemons (default 2) of K ranks each (default 1) on this host, as one world: under mpirun,
with the OPTIONs of zerod if there are any. Once all of them answer it prints their addresses,
unix:DIR/zerod-0.sock and so on, and waits. Ctrl-C, or SIGTERM, shuts them down. DIR is a new folder
in /tmp by default. Programs come from build/release/bin, or from $ZEROD_BIN.
TEXT
}

readonly daemons_bin="${ZEROD_BIN:-$(dirname "${BASH_SOURCE[0]}")/../build/release/bin}"
readonly daemons_ready_s=60 daemons_stop_s=20
daemons_pid=""  # of mpirun

# "unix:DIR/zerod-NODE.sock"
daemon_address() {
  echo "unix:$1/zerod-$2.sock"
}

# start_daemons NODES RANKS SOCKETS [OPTION ...]: returns once all answer. They write their log to
# this shell's standard error; mpirun's process is in daemons_pid, for stop_daemons.
start_daemons() {
  local nodes="$1" ranks="$2" sockets="$3" node
  shift 3
  # All on this host, whatever it has: mpirun needs no ssh then, but asks for one unless it is told
  # so; and processes may not be allowed to read each other's memory.
  local environment=(OMPI_MCA_plm=isolated OMPI_MCA_pml=ob1 "OMPI_MCA_btl=self,vader"
    OMPI_MCA_btl_vader_single_copy_mechanism=none)
  if ((EUID == 0)); then
    environment+=(OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1)
  fi
  # A session of their own: a terminal's Ctrl-C must not reach mpirun, which would kill the daemons
  # instead of letting them finish.
  env "${environment[@]}" setsid mpirun -n "$nodes" --oversubscribe --bind-to none \
    "$daemons_bin/zerod" --listen "$(daemon_address "$sockets" '{node}')" --devices "cpu:$ranks" \
    "$@" < /dev/null >&2 &
  daemons_pid=$!
  local deadline=$((SECONDS + daemons_ready_s))
  for ((node = 0; node < nodes; ++node)); do
    until "$daemons_bin/zeroctl" --service "$(daemon_address "$sockets" "$node")" status \
      > /dev/null 2>&1; do
      kill -0 "$daemons_pid" 2> /dev/null || { echo "daemons: they did not start" >&2; return 1; }
      ((SECONDS < deadline)) || { echo "daemons: not ready in time" >&2; return 1; }
      sleep 0.1
    done
  done
}

# Lets the daemons shut down, and waits until they have. Returns mpirun's exit code.
stop_daemons() {
  [[ -n "$daemons_pid" ]] || return 0
  local code=0 children=() deadline=$((SECONDS + daemons_stop_s))
  # To them, not to mpirun: that would leave them one second.
  read -ra children 2> /dev/null < "/proc/$daemons_pid/task/$daemons_pid/children" || true
  ((${#children[@]} == 0)) || kill -TERM "${children[@]}" 2> /dev/null || true
  while kill -0 "$daemons_pid" 2> /dev/null; do
    if ((SECONDS >= deadline)); then
      echo "daemons: not stopped after $daemons_stop_s s; killing them" >&2
      kill -TERM "$daemons_pid" 2> /dev/null || true
      break
    fi
    sleep 0.1
  done
  wait "$daemons_pid" 2> /dev/null || code=$?
  daemons_pid=""
  return "$code"
}

daemons_usage_error() {
  daemons_usage >&2
  echo "daemons: $*" >&2
  exit 2
}

parse_daemons_arguments() {
  nodes=2 ranks=1 sockets="" options=()
  while (($# > 0)); do
    case "$1" in
      --nodes) nodes="${2:-}" ;;
      --ranks) ranks="${2:-}" ;;
      --sockets) sockets="${2:-}" ;;
      --help | -h) daemons_usage; exit 0 ;;
      --) shift; options=("$@"); break ;;
      *) daemons_usage_error "unknown argument '$1'" ;;
    esac
    shift
    shift || break  # the value is missing, so it is empty
  done
  [[ "$nodes" =~ ^[1-9][0-9]?$ ]] || daemons_usage_error "--nodes is '$nodes', not from 1 to 99"
  [[ "$ranks" =~ ^[1-9][0-9]?$ ]] && ((ranks <= 64)) ||
    daemons_usage_error "--ranks is '$ranks', not from 1 to 64"
}

# Called by the trap below.
# shellcheck disable=SC2317
end_daemons() {
  local code="$1"
  trap - EXIT
  trap '' INT TERM HUP
  stop_daemons || code=$?
  [[ -z "$made" ]] || rm -rf "$made"
  exit "$code"
}

daemons_main() {
  parse_daemons_arguments "$@"
  made=""
  trap 'end_daemons 1' EXIT
  trap 'end_daemons 0' INT TERM HUP
  if [[ -z "$sockets" ]]; then
    sockets="$(mktemp --directory /tmp/zerod.XXXXXX)"
    made="$sockets"
  fi
  start_daemons "$nodes" "$ranks" "$sockets" "${options[@]}"
  local node
  for ((node = 0; node < nodes; ++node)); do
    echo "daemons: node $node answers at $(daemon_address "$sockets" "$node")"
  done
  wait "$daemons_pid" || true  # ends when mpirun does, or with a signal
  echo "daemons: they have ended by themselves" >&2
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  daemons_main "$@"
fi
