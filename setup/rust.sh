#!/usr/bin/env bash
# Installs Rust: `rust.sh site` for building the site (compiler, C compiler, wasm32 library), `rust.sh lint` for rustfmt
# and clippy, `rust.sh compiler` for running the tests (compiler, C compiler).
# The default toolchain stays the default; at most a target or a component is added to it.
# CLAIMCHECK_SETUP_NO_RUSTUP_TARGET=1 behaves as if rustup could not add the wasm32 target (to test the alternative).
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ordinary_toolchain() {
  if ! have cargo || ! have rustc; then
    die "Rust is missing (no cargo on the PATH)." \
      "Install it from https://rustup.rs, or with your system's rustup package and 'rustup default stable', then run make again."
  fi
  local version
  version=$(rustc --version | awk '{ print $2 }')
  at_least "$version" "$rust_version" || die "Rust ${version:-(which does not start)} is too old; $rust_version or newer is required." \
    "Run 'rustup update', or choose a newer installed toolchain: RUSTUP_TOOLCHAIN=… make …"
  have cc || apt_install gcc libc6-dev || die "A C compiler is missing (no cc on the PATH)." \
    "Install gcc or clang: on Debian and Ubuntu 'apt-get install gcc libc6-dev', on macOS 'xcode-select --install'."
}

add_target() {
  [ -z "${CLAIMCHECK_SETUP_NO_RUSTUP_TARGET:-}" ] || return 1
  have rustup || return 1
  say "wasm32 library: rustup target add wasm32-unknown-unknown"
  rustup target add wasm32-unknown-unknown >&2 && has_wasm_library
}

site() {
  ordinary_toolchain
  if [ -z "${CLAIMCHECK_SETUP_NO_RUSTUP_TARGET:-}" ] && has_wasm_library; then return; fi
  add_target || "$root/setup/rust-debian.sh" || die "Rust's standard library for the browser is missing (target wasm32-unknown-unknown)." \
    "If rustup can download it: rustup target add wasm32-unknown-unknown" \
    "On Debian 12 or newer, it can be installed as root or with sudo: see the messages above."
}

lint() {
  ordinary_toolchain
  if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then return; fi
  say "rustfmt and clippy: rustup component add rustfmt clippy"
  { have rustup && rustup component add rustfmt clippy >&2; } || die "rustfmt or clippy is missing." \
    "Run 'rustup component add rustfmt clippy', or install your system's packages with these names."
}

case ${1:-} in
  site | lint) "$1" ;;
  compiler) ordinary_toolchain ;;
  *) die "usage: setup/rust.sh site|lint|compiler" ;;
esac
