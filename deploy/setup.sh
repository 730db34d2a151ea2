#!/usr/bin/env bash
# Installs what is missing on this machine, then configures and builds zerod. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly demo_targets=(zerod zeroctl train_lm zerod-bench)
purpose=""
preset=release
configure_options=()

usage() {
  cat <<'TEXT'
usage: deploy/setup.sh --for demo|test [--preset NAME]

Installs the packages of deploy/packages.txt that are missing (Debian 12 and Ubuntu 24.04; elsewhere
it only checks for them), configures the CMake preset NAME (default: release) and builds it in
build/NAME: with --for demo the programs, with --for test the tests too. Programs land in
build/NAME/bin.
TEXT
}

fail() {
  echo "setup: $*" >&2
  exit 1
}

parse_arguments() {
  while (($# > 0)); do
    case "$1" in
      --for) purpose="${2:-}" ;;
      --preset) preset="${2:-}" ;;
      --help | -h) usage; exit 0 ;;
      *) usage >&2; fail "unknown argument '$1'" ;;
    esac
    shift
    shift || break  # the value is missing, so it is empty
  done
  [[ "$purpose" == demo || "$purpose" == test ]] ||
    fail "--for is '$purpose'; it must be demo or test"
  [[ -n "$preset" ]] || fail "--preset needs a name; cmake --list-presets shows them"
}

# Lines "package probe" that this purpose needs.
needed_packages() {
  awk -v purpose="$purpose" '!/^#/ && ($2 == "all" || $2 == purpose) {print $1, $3}' \
    deploy/packages.txt
}

system_id() {
  # shellcheck source=/dev/null
  (. /etc/os-release 2> /dev/null && echo "${ID:-unknown} ${VERSION_ID:-}") || echo unknown
}

is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2> /dev/null)" == installed ]]
}

# Runs a command; shows what it said only if it fails.
quietly() {
  local said
  said="$("$@" 2>&1 < /dev/null)" || { echo "$said" >&2; return 1; }
}

# The format check alone needs it; where it is not packaged, that test is reported as skipped.
drop_unknown_clang_format() {
  local package known=()
  for package in "${missing[@]}"; do
    if [[ "$package" != clang-format-* ]] || apt-cache show "$package" > /dev/null 2>&1; then
      known+=("$package")
    else
      echo "setup: $package is not to be had here; the format test will be skipped"
    fi
  done
  missing=("${known[@]}")
}

install_packages() {
  local missing=() as_root=(env) package
  while read -r package _; do
    is_installed "$package" || missing+=("$package")
  done < <(needed_packages)
  if ((${#missing[@]} == 0)); then
    echo "setup: all packages are installed"
    return
  fi
  if ((EUID != 0)); then
    command -v sudo > /dev/null ||
      fail "only root can install what is missing; run as root: apt-get install ${missing[*]}"
    as_root=(sudo env)
  fi
  echo "setup: installing with apt-get, which needs root: ${missing[*]}"
  as_root+=(DEBIAN_FRONTEND=noninteractive)
  quietly "${as_root[@]}" apt-get update ||
    fail "apt-get update failed; check this machine's apt sources and its network"
  drop_unknown_clang_format
  quietly "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install: ${missing[*]}"
}

probe() {
  local kind="${1%%:*}" name="${1#*:}"
  case "$kind" in
    command) command -v "$name" > /dev/null ;;
    header) echo "#include <$name>" | g++ -std=c++20 -fsyntax-only -x c++ - 2> /dev/null ;;
    python) python3 -c "import $name" 2> /dev/null ;;
    *) fail "deploy/packages.txt: unknown probe '$1'" ;;
  esac
}

check_without_installing() {
  local missing=() package what
  echo "setup: needed (names as in Debian): $(needed_packages | awk '{printf "%s ", $1}')"
  while read -r package what; do
    # Only the format check needs clang-format; without it that test is reported as skipped.
    [[ "$package" == clang-format-* ]] || probe "$what" < /dev/null ||
      missing+=("$package ($what)")
  done < <(needed_packages)
  ((${#missing[@]} == 0)) ||
    fail "packages are installed on Debian 12 and Ubuntu 24.04 only; missing: ${missing[*]}"
}

install_or_check() {
  case "$(system_id)" in
    "debian 12") install_packages ;;
    "ubuntu 24.04")
      echo "setup: Ubuntu 24.04 is untested; zerod is tested on Debian 12"
      install_packages ;;
    *)
      echo "setup: '$(system_id)' is untested; zerod is tested on Debian 12"
      check_without_installing ;;
  esac
  # Another compiler knows other warnings; they must not keep anyone from building.
  [[ "$(system_id)" == "debian 12" ]] || configure_options+=(-DZEROD_WARNINGS_AS_ERRORS=OFF)
}

parse_arguments "$@"
install_or_check
cmake --preset "$preset" "${configure_options[@]}"
build_command=(cmake --build --preset "$preset" --parallel "$(deploy/job_count.sh)")
if [[ "$purpose" == demo ]]; then
  build_command+=(--target "${demo_targets[@]}")
fi
"${build_command[@]}"
