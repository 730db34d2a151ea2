#!/bin/sh
# Runs zerod-bench and keeps its result: bench/baselines/MACHINE/NAME.json.
#   bench/record.sh BUILD_FOLDER MACHINE NAME SUBCOMMAND [ARGUMENT...]
# e.g. bench/record.sh build/release epyc-zen4-2core kernel_adamw_robust \
#        kernel --optimizer adamw --codec robust --elements 64M --threads 1
set -eu
if [ $# -lt 4 ]; then
  sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
build=$1 machine=$2 name=$3
shift 3
cd "$(dirname "$0")/.."
commit=$(git rev-parse HEAD)
git diff --quiet HEAD -- base kernels comm ipc engine client server bench/*.cc bench/*.h || commit="$commit with changes"
cpu_field() { sed -n "s/^$1[[:space:]]*: //p" /proc/cpuinfo | head -1; }
processor="$(cpu_field 'model name'), family $(cpu_field 'cpu family'), model $(cpu_field model)"
results=$("$build/bin/zerod-bench" "$@" --json)
mkdir -p "bench/baselines/$machine"
cat > "bench/baselines/$machine/$name.json" <<EOF
{
"command": "zerod-bench $* --json",
"commit": "$commit",
"date": "$(date -u +%Y-%m-%d)",
"machine": {
  "name": "$machine",
  "processor": "$processor",
  "cores": $(nproc),
  "memory_gib": $(($(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo) / 1048576)),
  "kernel": "$(uname -sr)",
  "compiler": "$(c++ --version | head -1)"
},
"results": $results
}
EOF
echo "bench/baselines/$machine/$name.json"
