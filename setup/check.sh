#!/usr/bin/env bash
# The quick check: format, and compilation for the server and for the browser. Changes nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/rust.sh lint
say "format"
cargo fmt --all --check
say "compile: server, demo and tests"
cargo check --locked --workspace --features demo --all-targets
say "compile: browser"
cargo check --locked --lib --no-default-features --features hydrate --target-dir target/hydrate
