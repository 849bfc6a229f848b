# Shared by the scripts in this folder, never run directly: folders and versions of the tools, messages, installers.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/claimcheck
tools=$cache/tools
debian_rust=$cache/rust-wasm # a second Rust with a wasm32 library, for machines that cannot add the target; see rust.sh
cd "$root"

# Everything is built under target/, regardless of the user's own settings.
export CARGO_TARGET_DIR=$root/target
# Our tools first, and rustup's folder last: a shell opened before Rust was installed does not have it yet.
export PATH="$tools/bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

# shellcheck disable=SC2034 # the versions are read by the scripts that source this file
{
  cargo_leptos_version=0.3.11
  cargo_binstall_version=1.21.1 # its checksums are in binstall.sh
  cargo_fuzz_version=0.13.2
  binaryen_version=132.0.0
  wasm_opt_oldest=116
  node_major=20 # the oldest version that runs the browser tests and wasm-opt from npm
  node_wanted=24
  lighthouse_version=12.8.2 # the last version that runs on the oldest Node
  cargo_mutants_version=27.1.0
  zigbuild_version=0.24.1 # these two from PyPI, for binaries of other machines
  zig_version=0.17.1
  keycloak_version=26.7.3 # runs on Java 17; from Maven Central, see interop.sh
  rust_version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  wasm_bindgen_version=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock)
}

say() { printf '==> %s\n' "$*" >&2; }

# die PROBLEM ADVICE...
die() {
  printf 'claimcheck: %s\n' "$1" >&2
  shift
  if [ $# -gt 0 ]; then printf '  %s\n' "$@" >&2; fi
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# at_least VERSION MINIMUM
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# as_root COMMAND...: fails if we are neither root nor able to use sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    sudo "$@"
  else
    return 1
  fi
}

# apt_install PACKAGE...: installs the missing ones; fails on other systems and without the permission to install.
apt_install() {
  have apt-get || return 1
  local package missing=()
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  if [ ${#missing[@]} = 0 ]; then return; fi
  say "Debian packages: ${missing[*]}"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
  as_root "${install[@]}" >&2 || { as_root apt-get update -q >&2 && as_root "${install[@]}" >&2; }
}

# npm_tool PACKAGE@VERSION...: into the cache folder, never into the repository.
npm_tool() {
  mkdir -p "$cache/npm" "$tools/bin"
  npm install --prefix "$cache/npm" --no-audit --no-fund --loglevel=error "$@" >&2
}

# Whether the compiler on the PATH has the library for wasm32.
has_wasm_library() {
  compgen -G "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib" >/dev/null
}

# The ordinary toolchain lints and tests; one with the wasm32 library builds the site.
use_site_toolchain() {
  if [ -z "${CLAIMCHECK_SETUP_NO_RUSTUP_TARGET:-}" ] && has_wasm_library; then return; fi
  if [ -x "$debian_rust/usr/bin/rustc" ]; then use_debian_rust "$debian_rust"; fi
}

# Its compiler looks for its libraries where Debian would have installed them.
use_debian_rust() {
  export PATH="$1/usr/bin:$PATH" LD_LIBRARY_PATH="$1/usr/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
}
