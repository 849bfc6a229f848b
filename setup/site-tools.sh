#!/usr/bin/env bash
# What turns Rust into a site: wasm-bindgen (exactly as in Cargo.lock), cargo-leptos and wasm-opt, in the cache folder.
# Each is looked for on the PATH, then as a prebuilt binary, and compiled only where neither is to be had.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_site_toolchain
compiled=

# compile VERSION CRATE OPTIONS...: these run for seconds, so they are compiled fast rather than made fast.
compile() {
  local version=$1 crate=$2
  shift 2
  CARGO_TARGET_DIR=$cache/build CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_DEBUG=0 \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_STRIP=true \
    cargo install "$crate" --version "$version" --root "$tools" --force "$@" >&2 ||
    die "$crate $version could not be installed; cargo's messages above say why." \
      "Fix that and run make again, or put $crate $version on the PATH yourself."
  compiled=yes
}

# version_of TOOL: its second word, "wasm-bindgen 0.2.130".
version_of() { if have "$1"; then "$1" --version 2>/dev/null | awk 'NR == 1 { print $2 }'; fi; }

# prebuilt TOOL CRATE VERSION: the download must also run on this machine.
prebuilt() { "$root/setup/binstall.sh" "$2" "$3" && [ "$(version_of "$1")" = "$3" ]; }

if [ "$(version_of wasm-bindgen)" != "$wasm_bindgen_version" ] && ! prebuilt wasm-bindgen wasm-bindgen-cli "$wasm_bindgen_version"; then
  say "wasm-bindgen $wasm_bindgen_version, as in Cargo.lock: cargo install into $tools (about a minute)"
  # Its default features are for its test runner, which is not used here.
  compile "$wasm_bindgen_version" wasm-bindgen-cli --no-default-features --bin wasm-bindgen
fi

if [ "$(version_of cargo-leptos)" != "$cargo_leptos_version" ] && ! prebuilt cargo-leptos cargo-leptos "$cargo_leptos_version"; then
  say "cargo-leptos $cargo_leptos_version: cargo install into $tools (5 to 11 minutes on 2 cores)"
  # Its lock file keeps to dependencies that still build with our oldest Rust, whatever their rust-version says.
  compile "$cargo_leptos_version" cargo-leptos --locked --ignore-rust-version --features no_downloads
fi
if [ -n "$compiled" ]; then rm -rf "$cache/build"; fi

# wasm-opt from npm; a machine's own will do where it knows what today's compiler emits.
recent_wasm_opt() {
  have wasm-opt || return 1
  local version
  version=$(wasm-opt --version 2>/dev/null | awk '{ print $3 }')
  [ -n "$version" ] && at_least "$version" "$wasm_opt_oldest"
}

wasm_opt_from_npm() {
  "$root/setup/node.sh" || return 1
  say "wasm-opt: npm package binaryen@$binaryen_version into $cache/npm"
  npm_tool "binaryen@$binaryen_version" || return 1
  ln -sf "$cache/npm/node_modules/.bin/wasm-opt" "$tools/bin/"
  recent_wasm_opt
}

wasm_opt_from_apt() { apt_install binaryen && recent_wasm_opt; }

recent_wasm_opt || wasm_opt_from_npm || wasm_opt_from_apt ||
  die "wasm-opt $wasm_opt_oldest or newer is missing." "Install binaryen with your package manager, or Node $node_major or newer (it comes from npm then), and run make again."
