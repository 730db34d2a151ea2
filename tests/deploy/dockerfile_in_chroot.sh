#!/usr/bin/env bash
# Builds the image and runs Compose's services without a container engine. See --help.
set -euo pipefail
source="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
# shellcheck source=tests/setup/debian.sh
source "$source/tests/setup/debian.sh"

usage() {
  cat <<'TEXT'
usage: tests/deploy/dockerfile_in_chroot.sh [--steps N] [--keep]

Makes a minimal Debian 12 with debootstrap in the place of the image debian:12, executes the steps
of deploy/docker/Dockerfile on copies of it, with chroot, and then runs the services of
docker-compose.yml in the result, with their order, health check, users and read-only files, until
the trainers have done N steps (default 60). For machines without a container engine, and not part
of the tests: it takes minutes. Packages come from the apt sources that this machine is configured
for. Needs root, debootstrap, git and python3-yaml; --keep leaves the folder.
TEXT
}

fail() {
  echo "dockerfile_in_chroot: $*" >&2
  exit 1
}

parse_arguments() {
  steps=60 keep=false
  while (($# > 0)); do
    case "$1" in
      --steps) steps="${2:-}"; shift ;;
      --keep) keep=true ;;
      --help | -h) usage; exit 0 ;;
      *) usage >&2; fail "unknown argument '$1'" ;;
    esac
    shift || break
  done
  [[ "$steps" =~ ^[1-9][0-9]*$ ]] || fail "--steps is '$steps', not a number from 1"
}

main() {
  local python="/usr/bin/python3 -B" begin_s
  mkdir "$root/base" "$root/context"
  make_debian "$root/base"
  copy_work_tree "$source" "$root/context"
  echo "dockerfile_in_chroot: a Debian 12 after $SECONDS s"
  begin_s=$SECONDS
  $python "$source/tests/deploy/run_dockerfile.py" "$source" "$root" ||
    fail "the image does not build"
  echo "dockerfile_in_chroot: the image took $((SECONDS - begin_s)) s"
  begin_s=$SECONDS
  STEPS="$steps" $python "$source/tests/deploy/run_compose.py" "$source" "$root" ||
    fail "the services do not run as they should"
  echo "dockerfile_in_chroot: the services took $((SECONDS - begin_s)) s"
}

parse_arguments "$@"
if [[ -n "${ZEROD_CHROOT:-}" ]]; then
  root="$ZEROD_CHROOT"
  main
  exit
fi
enter_namespaces ZEROD_CHROOT "$@"
