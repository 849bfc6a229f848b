#!/usr/bin/env bash
# Mutation tests. Changes the core of the relying party in over a thousand small ways, one at a time, and runs all Rust
# tests on each: a change that passes is a rule that no test checks. Each change needs a build, so the whole run takes a
# day; SHARD=3/24 runs a part, MUTANTS='-f crates/oidc/src/id_token.rs' a file.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/rust.sh lint
have cargo-mutants || { say "cargo-mutants" && cargo install --locked cargo-mutants --version "$cargo_mutants_version"; }
setup/store.sh install
core='-f crates/oidc/src/** -f crates/session/src/** -f crates/server/src/guard/** -f crates/server/src/tokens/** -f crates/server/src/sign_in/**'
read -ra wanted <<<"${MUTANTS:-$core}"
[ -z "${SHARD:-}" ] || wanted+=(--shard "$SHARD")
# Runs the tests of the whole workspace on each: many rules of a member crate are tested through the router. `--tests`
# leaves out documentation tests and the programs of the figures.
cargo mutants --workspace --test-workspace=true --features demo --output target "${wanted[@]}" -- --tests
