#!/usr/bin/env bash
# Mutation tests. Changes the core of the relying party in over a thousand small ways, one at a time, and runs all Rust
# tests on each: a change that passes is a rule that no test checks. Each change needs a build, so the whole run takes a
# day; SHARD=3/24 runs a part, MUTANTS='-f crates/oidc/src/id_token.rs' a file, and MUTANTS_SAMPLE=60 as many of them,
# drawn at random; MUTANTS_SEED=7 draws the same ones again. With SHARD, a part of those that were drawn.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/rust.sh lint
have cargo-mutants || { say "cargo-mutants" && cargo install --locked cargo-mutants --version "$cargo_mutants_version"; }
setup/store.sh install
core='-f crates/oidc/src/** -f crates/session/src/** -f crates/server/src/guard/** -f crates/server/src/tokens/** -f crates/server/src/sign_in/**'
read -ra wanted <<<"${MUTANTS:-$core}"
if [ -n "${MUTANTS_SAMPLE:-}" ]; then
  seed=${MUTANTS_SEED:-$RANDOM}
  say "drawing $MUTANTS_SAMPLE mutants with MUTANTS_SEED=$seed"
  # Each by its whole name, which contains its place. A stream of the same bytes for a seed decides the draw.
  mapfile -t drawn < <(cargo mutants --workspace --list "${wanted[@]}" | LC_ALL=C sort |
    shuf -n "$MUTANTS_SAMPLE" --random-source=<(awk -v seed="$seed" 'BEGIN { srand(seed); for (;;) printf "%c", 1 + int(rand() * 127) }') |
    sed 's/[][\.*^$+?(){}|]/\&/g')
  for name in "${drawn[@]}"; do wanted+=(--re "^$name\$"); done
fi
[ -z "${SHARD:-}" ] || wanted+=(--shard "$SHARD")
# Runs the tests of the whole workspace on each: many rules of a member crate are tested through the router. `--tests`
# leaves out documentation tests and the programs of the figures.
cargo mutants --workspace --test-workspace=true --features demo --output target "${wanted[@]}" -- --tests
