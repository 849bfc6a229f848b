#!/usr/bin/env bash
# The demo on http://localhost:3000, rebuilt and restarted whenever a file changes.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup/rust.sh site
setup/site-tools.sh
use_site_toolchain
say "building for development, then watching for changes (stop with Ctrl-C)"
exec cargo leptos watch --split -- demo
