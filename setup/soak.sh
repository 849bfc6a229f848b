#!/usr/bin/env bash
# The long runs: random histories of the session core, then faults and load on the release binary, alone and as three
# processes on PostgreSQL and on Redis: all of the load and fault suite (faults.sh), and figures of long runs. HISTORIES
# is the number of histories (500), CLAIMCHECK_SEED the first seed. The seeds are printed, so that a history can be
# repeated.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/rust.sh lint
say "histories"
CLAIMCHECK_HISTORIES=${HISTORIES:-500} cargo test --locked --features demo --tests histories -- --nocapture
say "load and faults"
setup/faults.sh all
setup/build.sh
setup/npm.sh
setup/store.sh install
setup/faketime.sh >/dev/null
say "building the program that fills the stores"
use_site_toolchain
# The features and the name that cargo-leptos gives the server: with others, leptos and its dependents would be rebuilt.
LEPTOS_OUTPUT_NAME=claimcheck cargo build --locked --release -p claimcheck -p claimcheck-figures --no-default-features --features claimcheck/demo --bin stores
say "long runs"
cd end2end
CLAIMCHECK_BIN=$root/target/release/claimcheck npm run --silent figures -- \
  race race-slow race-down replicas memory anonymous attack hundred-thousand
