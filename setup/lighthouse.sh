#!/usr/bin/env bash
# Lighthouse for the figure of that name: prints the path of its command. Used only by that figure.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/node.sh
package=$cache/npm/node_modules/lighthouse
version() { sed -n 's/^ *"version": "\(.*\)",\{0,1\}$/\1/p' "$package/package.json" 2>/dev/null | head -n 1; }

if [ "$(version)" != "$lighthouse_version" ]; then
  say "Lighthouse: npm package lighthouse@$lighthouse_version into $cache/npm"
  npm_tool "lighthouse@$lighthouse_version" || die "Lighthouse could not be installed; only its figure needs it."
fi
printf '%s\n' "$package/cli/index.js"
