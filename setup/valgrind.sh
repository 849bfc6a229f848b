#!/usr/bin/env bash
# valgrind, whose callgrind counts instructions for the guards. Linux only.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

have valgrind || { apt_install valgrind && have valgrind; } ||
  die "valgrind is missing; only the guard that counts instructions needs it." "Install it with your package manager, then run make again."
