# What the scripts of .ci share. Sourced, not run.
# shellcheck shell=bash

# What is slow to make and may be kept: it stays outside the checkout.
cache=${KMIP_CI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kmip-ci}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$@"
  exit 1
}

# debian_packages PACKAGE...: installs those that are missing.
debian_packages() {
  local package missing=() as_root=()
  if ! command -v apt-get >/dev/null; then
    say "This is not Debian. Needed, and taken for present: $*"
    return
  fi
  for package in "$@"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null || die "Missing, and neither root nor sudo to install them: ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${missing[*]}"
  # apt waits for nobody who holds its lists, and two of these scripts may run at once.
  (
    flock 8
    quiet "${as_root[@]}" apt-get update
    quiet "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install --yes --no-install-recommends "${missing[@]}"
  ) 8>"$cache/apt.lock"
}

# quiet COMMAND...: shows what it says only if it fails.
quiet() {
  local said
  said=$("$@" 2>&1) || die "$said"
}
