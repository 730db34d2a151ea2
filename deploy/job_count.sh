#!/usr/bin/env bash
# Prints how many compilers may run at once here: one per core, but at most one per 1.5 GiB of
# available memory.
set -euo pipefail
readonly job_kib=$((3 * 512 * 1024))

available_kib="$(awk '$1 == "MemAvailable:" {print $2}' /proc/meminfo)"
limit="$(cat /sys/fs/cgroup/memory.max 2> /dev/null || echo max)"
if [[ "$limit" != max ]]; then
  headroom_kib=$(((limit - $(cat /sys/fs/cgroup/memory.current)) / 1024))
  available_kib=$((headroom_kib < available_kib ? headroom_kib : available_kib))
fi
jobs=$((available_kib / job_kib))
cores="$(nproc)"
jobs=$((jobs > cores ? cores : jobs))
echo $((jobs < 1 ? 1 : jobs))
