#!/usr/bin/env bash
# The release binary, target/release/claimcheck, with the site inside; does nothing when it is newer than what it is made of.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

binary=target/release/claimcheck
stamp=target/release/claimcheck.built # made of: the time the last build began, and the sum of the binary it left

# Folders too: their time tells of files that went away. What is not there is left out.
inputs() { find src style public migrations build.rs .cargo Cargo.toml Cargo.lock setup/build.sh "$@" 2>/dev/null || true; }

up_to_date() {
  [ -x "$binary" ] && [ -f "$stamp" ] &&
    [ -z "$(inputs -newer "$stamp" -print)" ] &&
    [ "$(cksum <"$binary")" = "$(cat "$stamp")" ]
}

if up_to_date; then
  say "$binary is up to date"
  exit
fi

setup/rust.sh site
setup/site-tools.sh
use_site_toolchain

say "building $binary: the browser's part, then the server with it inside (the first time about 6 minutes on 2 cores)"
mkdir -p target/release
: >"$stamp.began"
cargo leptos build --release --precompress --cargo-locked
cksum <"$binary" >"$stamp.new"
touch -r "$stamp.began" "$stamp.new"
mv "$stamp.new" "$stamp"
rm "$stamp.began"
