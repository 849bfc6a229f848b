#!/usr/bin/env bash
# All checks for a change, the fastest ones first. The last lines of the test runners are kept in target/test/summary.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

logs=target/test
rm -rf "$logs"
mkdir -p "$logs"
step="preparing"

begin() {
  step=$*
  say "$step"
}

# The sums of all "test result:" lines of cargo, and the last lines of Playwright.
cargo_said() {
  awk '/^test result:/ { gsub(/[^0-9 ]/, ""); passed += $1; failed += $2; ignored += $3; seen = 1 }
    END { if (seen) printf "cargo test: %d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$logs/cargo.txt" 2>/dev/null || true
}

playwright_said() {
  { sed 's/\x1b\[[0-9;]*[A-Za-z]//g' "$logs/playwright.txt" | grep -E '^ +[0-9]+ (passed|failed|flaky|skipped|interrupted|did not run)\b' |
    sed 's/^ */playwright: /'; } 2>/dev/null || true
}

summary() {
  local status=$?
  {
    cargo_said
    playwright_said
    if [ "$status" = 0 ]; then
      printf 'make test: passed in %d min %02d s\n' $((SECONDS / 60)) $((SECONDS % 60))
    else
      printf 'make test: FAILED at: %s\n' "$step"
    fi
  } | tee "$logs/summary"
}
trap summary EXIT

begin "format and lints"
setup/lint.sh

begin "unit and integration tests"
setup/rust-tests.sh all 2>&1 | tee "$logs/cargo.txt"

begin "release build"
setup/build.sh

begin "guards: instructions, bytes of a first visit, size of the binary"
setup/guards.sh 2>&1 | tee "$logs/guards.txt"

begin "load and faults: the short form"
setup/faults.sh short 2>&1 | tee "$logs/faults.txt"

begin "browser tests"
setup/e2e.sh 2>&1 | tee "$logs/playwright.txt"

step="done"
