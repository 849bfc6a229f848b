#!/usr/bin/env bash
# The demo on http://localhost:3000: on the release binary if there is one, else on one that is compiled faster.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Bringing a release build up to date takes less time than a first build of the other kind.
profile=demo
if setup/build.sh release --up-to-date || { [ -x target/release/claimcheck ] && [ ! -x target/demo/claimcheck ]; }; then
  profile=release
fi
setup/build.sh "$profile"
exec "target/$profile/claimcheck" demo
