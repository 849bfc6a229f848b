#!/usr/bin/env bash
# The browser tests on the release binary: `e2e.sh [SPEC [PROJECT]]`. SPEC is a part of a file's path in end2end/,
# PROJECT one of the projects of end2end/playwright.config.ts; without them, all tests run.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

chosen=()
[ -z "${1:-}" ] || chosen+=("$1")
[ -z "${2:-}" ] || chosen+=("--project=$2")

setup/build.sh
setup/npm.sh
setup/openssl.sh
browser=$(setup/browser.sh headless)
cd end2end
say "browser tests: types"
npm run --if-present typecheck
say "browser tests on the release binary"
CLAIMCHECK_BIN=$root/target/release/claimcheck CHROMIUM=$browser exec npm test -- ${chosen[@]+"${chosen[@]}"}
