#!/usr/bin/env bash
# Format and lints of all Rust code. Changes nothing. One pass of clippy covers the server, the demo and all tests; the
# server without the demo is only compiled, because its code is the same.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/rust.sh lint

say "format"
cargo fmt --all --check

say "lints: server, demo and tests"
cargo clippy --locked --workspace --features demo --all-targets -- -D warnings

say "compile: server without the demo"
cargo rustc --locked --lib --features ssr --profile check -- -D warnings

say "lints: browser"
cargo clippy --locked --lib --no-default-features --features hydrate --target-dir target/hydrate -- -D warnings
