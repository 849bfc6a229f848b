#!/usr/bin/env bash
# The Rust tests: `rust-tests.sh unit` for those inside the crates, `rust-tests.sh it` for those in tests/,
# `rust-tests.sh all`. Further arguments are filters: `rust-tests.sh it refresh::` runs the tests with that in their
# path.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in
  unit) wanted=(--workspace --lib) ;;
  it) wanted=(--test it) ;;
  all) wanted=(--workspace) ;;
  *) die "usage: setup/rust-tests.sh unit|it|all [FILTER...]" ;;
esac
shift

# Tests wait more than they compute, so more of them run at once than there are processors.
cores=$(getconf _NPROCESSORS_ONLN)
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((cores > 6 ? cores : 6))}

setup/rust.sh compiler
setup/store.sh install
exec cargo test --locked --features demo "${wanted[@]}" -- "$@"
