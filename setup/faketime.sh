#!/usr/bin/env bash
# libfaketime, for the figure whose processes have clocks that differ: prints the path of the library. Nothing else asks for it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The one for programs of several threads.
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
