#!/usr/bin/env bash
# The npm packages of end2end/figures/peer/, for the figure `peer`. Used only by that figure.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

peer_node_oldest=20.19.0

setup/node.sh
at_least "$(node --version | tr -d v)" "$peer_node_oldest" ||
  die "Node $peer_node_oldest or newer is required by the peer (express-openid-connect)." "Only the figure \`peer\` needs it; set FIGURES to run other figures."
cd end2end/figures/peer
# npm writes this file last, so its presence means a finished installation.
installed=node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ package-lock.json -nt "$installed" ] || [ package.json -nt "$installed" ]; then
  say "npm ci in end2end/figures/peer"
  npm ci --no-audit --no-fund --ignore-scripts
fi
