#!/usr/bin/env bash
# The tools that build the site: wasm-bindgen (exactly the version in Cargo.lock), cargo-leptos and wasm-opt, in the
# cache folder. Each is taken from the PATH, else downloaded as a prebuilt binary, else compiled.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_site_toolchain
compiled=

# compile VERSION CRATE OPTIONS...: the tools run for seconds only, so they are compiled without optimization.
compile() {
  local version=$1 crate=$2
  shift 2
  CARGO_TARGET_DIR=$cache/build CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_DEBUG=0 \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_STRIP=true \
    cargo install "$crate" --version "$version" --root "$tools" --force "$@" >&2 ||
    die "$crate $version could not be installed. See cargo's messages above." \
      "Fix the cause, or put $crate $version on the PATH, then run make again."
  compiled=yes
}

# version_of TOOL: the second word of its output, as in "wasm-bindgen 0.2.130".
version_of() { if have "$1"; then "$1" --version 2>/dev/null | awk 'NR == 1 { print $2 }'; fi; }

# prebuilt TOOL CRATE VERSION: also checks that the download runs on this machine.
prebuilt() { "$root/setup/binstall.sh" "$2" "$3" && [ "$(version_of "$1")" = "$3" ]; }

if [ "$(version_of wasm-bindgen)" != "$wasm_bindgen_version" ] && ! prebuilt wasm-bindgen wasm-bindgen-cli "$wasm_bindgen_version"; then
  say "wasm-bindgen $wasm_bindgen_version, as in Cargo.lock: cargo install into $tools (about a minute)"
  # Its default features are for its test runner, which is not used here.
  compile "$wasm_bindgen_version" wasm-bindgen-cli --no-default-features --bin wasm-bindgen
fi

if [ "$(version_of cargo-leptos)" != "$cargo_leptos_version" ] && ! prebuilt cargo-leptos cargo-leptos "$cargo_leptos_version"; then
  say "cargo-leptos $cargo_leptos_version: cargo install into $tools (5 to 11 minutes on 2 cores)"
  # Its lock file has dependencies that still build with our oldest Rust, whatever their rust-version says.
  compile "$cargo_leptos_version" cargo-leptos --locked --ignore-rust-version --features no_downloads
fi
if [ -n "$compiled" ]; then rm -rf "$cache/build"; fi

# wasm-opt from npm, or an installed one that is recent enough for today's compiler.
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
  die "wasm-opt $wasm_opt_oldest or newer is missing." "Install binaryen with your package manager, or Node $node_major or newer to get it from npm, then run make again."
