#!/usr/bin/env bash
# Runs zerod's scripts in a pristine Debian 12, like somebody who has just cloned it. See --help.
set -euo pipefail

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

# The apt source files of this machine that Debian 12 comes from.
apt_sources() {
  grep -slw bookworm /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} || true
}

# The first mirror in them: a URI after "deb [options]", or after "URIs:".
mirror() {
  apt_sources | xargs -d '\n' cat |
    grep -oP '^(deb\s+(\[[^]]*\]\s+)?|URIs:\s*)\K\S+' | head -n 1
}

make_system() {
  local uri
  uri="$(mirror)" || fail "this machine has no apt source for bookworm to take Debian 12 from"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$uri" \
    > "$root/debootstrap.log" 2>&1 ||
    { tail -n 20 "$root/debootstrap.log" >&2; fail "debootstrap failed; see above"; }
  rm -f "$root/etc/apt/sources.list"
  apt_sources | xargs -d '\n' cp --parents -t "$root"
  # How this machine reaches its mirror: proxies and the like, certificates, names.
  { grep -slE '^[[:space:]]*Acquire::' /etc/apt/apt.conf /etc/apt/apt.conf.d/* || true; } |
    xargs -r -d '\n' cp --parents -t "$root"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/dev/shm"
  mount --rbind --read-only /sys "$root/sys"
}

copy_repository() {
  if $work_tree; then
    mkdir "$root/zerod"
    git -C "$source" ls-files -z --cached --others --exclude-standard |
      tar --directory "$source" --create --null --files-from=- --ignore-failed-read |
      tar --directory "$root/zerod" --extract --no-same-owner
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
  make_system
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

# Called by the trap below.
# shellcheck disable=SC2317
remove_system() {
  [[ -z "${inside_pid:-}" ]] || kill -KILL "$inside_pid" 2> /dev/null || true
  { wait; } 2> /dev/null
  if $keep; then
    echo "chroot: left in $root"
    return
  fi
  # A process killed a moment ago may have written once more.
  rm -rf --one-file-system "$root" 2> /dev/null ||
    { sleep 1; rm -rf --one-file-system "$root"; }
}

parse_arguments "$@"
source="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
if [[ -n "${ZEROD_CHROOT:-}" ]]; then
  root="$ZEROD_CHROOT"
  main
fi
((EUID == 0)) || fail "must run as root: it mounts and calls chroot"
command -v debootstrap > /dev/null ||
  fail "debootstrap is missing; as root: apt-get install debootstrap"
root="$(mktemp --directory --tmpdir zerod-chroot.XXXXXX)"
chmod 755 "$root"
trap remove_system EXIT
trap 'exit 130' INT TERM HUP
# The rest happens in namespaces of its own: all processes and mounts made there end with the first
# process, which this one waits for and kills when it must go.
ZEROD_CHROOT="$root" unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@" &
inside_pid=$!
wait "$inside_pid"
