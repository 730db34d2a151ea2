#!/usr/bin/env bash
# Runs zerod's scripts in a pristine Debian 12, like somebody who has just cloned it. See --help.
set -euo pipefail
source="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
# shellcheck source=tests/setup/debian.sh
source "$source/tests/setup/debian.sh"

usage() {
  cat <<'TEXT'
usage: tests/setup/chroot.sh [--work-tree] [--keep] [COMMAND ...]

Makes a minimal Debian 12 in a temporary folder with debootstrap, puts a clone of this repository's
HEAD (with --work-tree: its files as they are now) into it, runs each COMMAND at the clone's root
(default: ./deploy/demo.sh ./deploy/test.sh) with no standard input, and prints how long each took.
Packages come from the apt sources that this machine is configured for. Everything is unmounted and
removed at the end, also after Ctrl-C; --keep leaves the folder. Needs root, debootstrap and git.
TEXT
}

fail() {
  echo "chroot: $*" >&2
  exit 1
}

parse_arguments() {
  work_tree=false keep=false commands=()
  while (($# > 0)); do
    case "$1" in
      --work-tree) work_tree=true ;;
      --keep) keep=true ;;
      --help | -h) usage; exit 0 ;;
      -*) usage >&2; fail "unknown argument '$1'" ;;
      *) commands+=("$1") ;;
    esac
    shift
  done
  ((${#commands[@]} > 0)) || commands=(./deploy/demo.sh ./deploy/test.sh)
}

copy_repository() {
  if $work_tree; then
    mkdir "$root/zerod"
    copy_work_tree "$source" "$root/zerod"
  else
    git clone --quiet --no-local "$source" "$root/zerod"
  fi
}

run_inside() {
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    CI=true ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    chroot "$root" bash -c "cd /zerod && $1" < /dev/null
}

main() {
  local status=0 begin_s command timings=()
  make_debian "$root"
  mount_system "$root"
  copy_repository
  timings+=("$SECONDS s: debootstrap and clone")
  for command in "${commands[@]}"; do
    begin_s=$SECONDS
    run_inside "$command" || { status=1; command+=" FAILED"; }
    timings+=("$((SECONDS - begin_s)) s: $command")
  done
  printf 'chroot: %s\n' "${timings[@]}"
  exit "$status"
}

parse_arguments "$@"
if [[ -n "${ZEROD_CHROOT:-}" ]]; then
  root="$ZEROD_CHROOT"
  main
fi
enter_namespaces ZEROD_CHROOT "$@"
