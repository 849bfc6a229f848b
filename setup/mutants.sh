#!/usr/bin/env bash
# Do the tests notice? Changes the core of the relying party in over a thousand small ways, one at a time, and runs the tests
# on each: what they let pass is a rule that nobody would miss. Each change is a build, so all of it takes a day;
# SHARD=3/24 takes a part, MUTANTS='-f crates/oidc/src/id_token.rs' a file.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/rust.sh lint
have cargo-mutants || { say "cargo-mutants" && cargo install --locked cargo-mutants --version "$cargo_mutants_version"; }
setup/store.sh install
read -ra wanted <<<"${MUTANTS:--f crates/oidc/src/** -f src/server/oidc/** -f src/server/session/** -f src/server/guard/** -f src/server/tokens/**}"
[ -z "${SHARD:-}" ] || wanted+=(--shard "$SHARD")
cargo mutants --features demo --output target "${wanted[@]}" -- --lib
