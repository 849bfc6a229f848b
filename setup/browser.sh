#!/usr/bin/env bash
# Chromium for the browser tests and the figures: prints its path. CHROMIUM=PATH overrides it. `browser.sh headless`
# prefers Chromium's headless shell, the same engine without a window system: tests take less than two thirds of the
# time.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

shell=
if [ "${1:-}" = headless ] && [ -z "${CHROMIUM:-}" ]; then
  shell=chromium-headless-shell
  have "$shell" || apt_install "$shell" || say "package $shell is not available; using Chromium instead"
fi

# Some systems have a placeholder command that only explains how to install the browser, so it must respond.
find_browser() {
  local name path
  for name in "${CHROMIUM:-}" "${shell:-}" chromium chromium-browser google-chrome google-chrome-stable \
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
    "Install Chromium or Chrome with your package manager, or set CHROMIUM to its path, then run make again."
