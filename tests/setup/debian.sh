# Sourced by programs that try something in a pristine Debian 12, in a folder of its own. They must
# be run by root, and in namespaces of their own: see enter_namespaces.
# shellcheck shell=bash

# The apt source files of this machine that Debian 12 comes from.
apt_sources() {
  grep -slw bookworm /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} || true
}

# The first mirror in them: a URI after "deb [options]", or after "URIs:".
mirror() {
  apt_sources | xargs -d '\n' cat |
    grep -oP '^(deb\s+(\[[^]]*\]\s+)?|URIs:\s*)\K\S+' | head -n 1
}

# Makes a minimal Debian 12 in folder $1 that reaches its packages as this machine does.
make_debian() {
  local root="$1" uri
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
}

# Mounts what programs in folder $1 expect of a system.
mount_system() {
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
  mount -t tmpfs tmpfs "$1/dev/shm"
  mount --rbind --read-only /sys "$1/sys"
}

# The files of repository $1 as they are now, but for those that git ignores, into folder $2.
copy_work_tree() {
  git -C "$1" ls-files -z --cached --others --exclude-standard |
    tar --directory "$1" --create --null --files-from=- --ignore-failed-read |
    tar --directory "$2" --extract --no-same-owner
}

# Called by a trap. $keep belongs to whoever sources this.
# shellcheck disable=SC2154,SC2317
remove_system() {
  [[ -z "${inside_pid:-}" ]] || kill -KILL "$inside_pid" 2> /dev/null || true
  { wait; } 2> /dev/null
  if $keep; then
    echo "left in $root"
    return
  fi
  # A process killed a moment ago may have written once more.
  rm -rf --one-file-system "$root" 2> /dev/null ||
    { sleep 1; rm -rf --one-file-system "$root"; }
}

# enter_namespaces NAME "$@": runs this program again with the same arguments, in namespaces of its
# own and with the variable NAME set to a new folder; exits as that does. All processes and mounts
# made there end with the first process, which this one waits for and kills when it must go. Removes
# the folder at the end, also after Ctrl-C, unless $keep is true.
enter_namespaces() {
  local variable="$1"
  shift
  ((EUID == 0)) || fail "must run as root: it mounts and calls chroot"
  command -v debootstrap > /dev/null ||
    fail "debootstrap is missing; as root: apt-get install debootstrap"
  root="$(mktemp --directory --tmpdir zerod-chroot.XXXXXX)"
  chmod 755 "$root"
  trap remove_system EXIT
  trap 'exit 130' INT TERM HUP
  env "$variable=$root" unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@" &
  inside_pid=$!
  wait "$inside_pid"
  exit
}
