#!/usr/bin/env bash
# Guards against unnoticed growth: instructions of a board and of a redirect, bytes of a first visit, size of the
# binary. Counts and ratios only, no times; their limits are in end2end/figures/limits.ts. Takes less than a minute on 2
# cores, after the release build. `setup/guards.sh self-check` checks that every guard fails above its limit (Linux
# only).
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

guards=(binary bytes)

setup/build.sh
setup/npm.sh
if [ "$(uname -s)" = Linux ]; then
  setup/valgrind.sh
  guards+=(instructions)
else
  say "instructions are counted on Linux only, because valgrind is not available on other systems"
fi

say "building the bare programs"
use_site_toolchain
# The features and the name that cargo-leptos gives the server: with others, leptos and its dependents would be rebuilt.
LEPTOS_OUTPUT_NAME=claimcheck cargo build --locked --release -p claimcheck -p claimcheck-figures --no-default-features --features claimcheck/demo --bin bare

measure() { (cd end2end && CLAIMCHECK_BIN=$root/target/release/claimcheck npm run --silent figures -- "${guards[@]}"); }

if [ "${1:-}" != self-check ]; then
  measure
  exit
fi

say "self-check: every guard must fail with a tenth of its limit"
if said=$(LIMITS_SCALE=0.1 measure); then
  printf '%s\n' "$said"
  die "The guards passed with a tenth of every limit."
fi
printf '%s\n' "$said"
limits=$(sed -n 's/^  \([a-z_]*\): [0-9._]*,$/\1/p' end2end/figures/limits.ts)
[ -n "$limits" ] || die "No limits found in end2end/figures/limits.ts."
while read -r limit; do
  grep -q "^BROKEN: .*($limit in " <<<"$said" || die "The guard of $limit did not fail with a tenth of its limit."
done <<<"$limits"
say "every guard failed, as expected"
