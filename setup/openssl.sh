#!/usr/bin/env bash
# The openssl command, which makes the certificates of the browser tests behind TLS.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

have openssl || { apt_install openssl && have openssl; } ||
  die "openssl is missing; only the browser tests need it." "Install it with your package manager, then run make again."
