#!/usr/bin/env bash
# Chromium for the browser tests: prints its path. CHROMIUM=PATH names one yourself.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Some systems have a stand-in of the name that only says how to install the real one: it must answer.
find_browser() {
  local name path
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    path=$(command -v "${name:-no-such-name}") || continue
    if "$path" --version >/dev/null 2>&1; then
      printf '%s\n' "$path"
      return
    fi
  done
  return 1
}

find_browser || { apt_install chromium && find_browser; } ||
  die "Chromium is missing; only the browser tests need it." \
    "Install Chromium or Chrome with your package manager, or set CHROMIUM to the path of one, then run make again."
