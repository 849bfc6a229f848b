#!/usr/bin/env bash
# libfaketime, for the figure with processes whose clocks differ: prints the path of the library. Used only by that
# figure.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The variant for multi-threaded programs.
find_library() {
  local folder
  for folder in /usr/lib/*/faketime /usr/lib64/faketime /usr/lib/faketime /usr/local/lib/faketime; do
    if [ -f "$folder/libfaketimeMT.so.1" ]; then
      printf '%s\n' "$folder/libfaketimeMT.so.1"
      return
    fi
  done
  return 1
}

find_library || { apt_install faketime && find_library; } ||
  die "libfaketime is missing; only the figure \`replicas\` needs it." "Install faketime with your package manager, then run it again."
