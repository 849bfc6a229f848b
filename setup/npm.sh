#!/usr/bin/env bash
# Node and the npm packages of end2end/, which drive the browser tests and the figures.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/node.sh
# npm writes this file last, so its presence means a finished installation.
installed=end2end/node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ end2end/package-lock.json -nt "$installed" ] || [ end2end/package.json -nt "$installed" ]; then
  say "npm ci in end2end"
  (cd end2end && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund)
fi
