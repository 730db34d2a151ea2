#!/usr/bin/env bash
# usage: mpi_misbehaviour_test.sh KIND TEXT MPIRUN ...
# Passes if the mpirun command, given KIND as its last argument, fails within 10 s having printed
# TEXT.
set -uo pipefail

kind="$1" text="$2"
shift 2
output="$(timeout --kill-after=5 10 "$@" "$kind" 2>&1)"
status=$?
echo "$output"
if ((status == 0)); then
  echo "mpirun succeeded, though a process did not end as it should" >&2
  exit 1
fi
# Not by timeout's status: mpirun passes that of a killed process on, too.
if ((SECONDS >= 10)); then
  echo "mpirun was still running after 10 s" >&2
  exit 1
fi
if ! grep -qF -- "$text" <<< "$output"; then
  echo "the output lacks '$text'" >&2
  exit 1
fi
