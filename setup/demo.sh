#!/usr/bin/env bash
# The demo on http://localhost:3000: with the release binary if there is one, else with one that compiles faster.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Updating a release build takes less time than a first build of the other profile.
profile=demo
if setup/build.sh release --up-to-date || { [ -x target/release/claimcheck ] && [ ! -x target/demo/claimcheck ]; }; then
  profile=release
fi
setup/build.sh "$profile"
exec "target/$profile/claimcheck" demo
