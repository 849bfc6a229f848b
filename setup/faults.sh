#!/usr/bin/env bash
# The load and fault suite on the release binary: `setup/faults.sh short`, the short form, is a part of `make test`; `all`
# runs every scenario in full, and names run some of them. Prints a table, and keeps it in target/faults/. Linux only.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "$(uname -s)" != Linux ]; then
  say "the load and fault suite runs on Linux only, because it reads /proc"
  exit
fi
wanted=${*:-short}
setup/build.sh
setup/npm.sh
setup/store.sh install
have sqlite3 || apt_install sqlite3 ||
  die "sqlite3 is missing; only the load and fault suite needs it." "Install it with your package manager, then run make again."
if [ "$wanted" != short ]; then setup/faketime.sh >/dev/null; fi
# Ten thousand connections at either end; a lower limit of the system is left as it is.
ulimit -n "$(ulimit -Hn)"
cd end2end
# shellcheck disable=SC2086 # several names
CLAIMCHECK_BIN=$root/target/release/claimcheck npm run --silent faults -- $wanted
