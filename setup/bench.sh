#!/usr/bin/env bash
# The figures of the boards: the release binary compared with bare programs that do parts of its work, with Express, and in
# Chromium; actions, refreshes, a cold start, and memory; then the stores, side by side, a back-channel logout, what one more
# of everything costs, a hundred thousand sessions, and thousands of tabs. It takes long after the build (`memory`,
# `refresh`, `growth` and `hundred-thousand` take minutes each), and ends with status 1 if a limit is exceeded. FIGURES
# selects other figures; `npm run figures` in end2end/ lists them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/build.sh
setup/npm.sh
browser=$(setup/browser.sh)
setup/store.sh install
read -ra figures <<<"${FIGURES:-board-cpu peer action refresh start memory slow-api first-visit whole-view idle-pages in-browser filter lighthouse stores back-channel growth hundred-thousand tabs}"
case " ${figures[*]} " in *" peer "*) setup/peer.sh ;; esac
case " ${figures[*]} " in *" instructions "*) setup/valgrind.sh ;; esac

say "building the bare programs and the store benchmark"
use_site_toolchain
# The features and the name that cargo-leptos gives the server: with others, leptos and its dependents would be rebuilt.
LEPTOS_OUTPUT_NAME=claimcheck cargo build --locked --release -p claimcheck -p claimcheck-figures --no-default-features --features claimcheck/demo --bin bare --bin stores

say "figures"
# Thousands of event streams at either end; a lower limit of the system is left as it is.
ulimit -n "$(ulimit -Hn)"
cd end2end
CLAIMCHECK_BIN=$root/target/release/claimcheck CHROMIUM=$browser npm run --silent figures -- "${figures[@]}"
