#!/usr/bin/env bash
# Node and the npm packages of a folder, `npm.sh [FOLDER]`: by default of end2end/, which drive the browser tests and the
# figures.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/node.sh
folder=${1:-end2end}
# npm writes this file last, so its presence means a finished installation.
installed=$folder/node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ "$folder/package-lock.json" -nt "$installed" ] || [ "$folder/package.json" -nt "$installed" ]; then
  say "npm ci in $folder"
  (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund)
fi
