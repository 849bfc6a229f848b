#!/usr/bin/env bash
# The release binary behind nginx and Caddy with the configurations of the book: at the root of an origin, and below a path
# that the proxy keeps or takes off. CLAIMCHECK_BIN=PATH tests that binary and builds none. Takes half a minute.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PATH=$PATH:/usr/sbin
# need COMMAND PACKAGE: Debian starts a server with its package; none of these starts here.
need() {
  have "$1" && return
  local extracted=$cache/proxies
  if have apt-get && have dpkg-deb && (mkdir -p "$extracted" && cd "$extracted" && apt-get download -q "$2" >&2); then
    say "Debian package $2 into $extracted"
    dpkg-deb -x "$extracted/$2"_*.deb "$extracted"
    PATH=$PATH:$extracted/usr/sbin:$extracted/usr/bin
  fi
  have "$1" && "$1" "${3:---version}" >/dev/null 2>&1 && return
  die "$1 is missing; only make proxies needs it." "Install the package $2, then run make proxies again."
}

if [ -z "${CLAIMCHECK_BIN:-}" ]; then setup/build.sh; fi
export CLAIMCHECK_BIN=${CLAIMCHECK_BIN:-$root/target/release/claimcheck}
setup/npm.sh
setup/openssl.sh
need nginx nginx -v
need caddy caddy version
export PATH
say "$(nginx -v 2>&1), Caddy $(caddy version)"
cd end2end
npm run --silent proxies
