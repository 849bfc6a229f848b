#!/usr/bin/env bash
# Builds the program with the site inside. `build.sh release`, the default, builds target/release/claimcheck for
# deployment. `build.sh demo` builds target/demo/claimcheck: the same site in a server that compiles faster. Does
# nothing if the binary is newer than its sources; `build.sh PROFILE --up-to-date` only checks that.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

profile=${1:-release}
case $profile in
  release | demo) ;;
  *) die "usage: setup/build.sh [release|demo [--up-to-date]]" ;;
esac
binary=target/$profile/claimcheck
stamp=$binary.built # its time is when the last build started; its content is the checksum of the resulting binary

# Includes folders: their time changes when a file is removed. Missing ones are skipped.
inputs() { find src crates style public build.rs .cargo Cargo.toml Cargo.lock setup/build.sh "$@" 2>/dev/null || true; }

up_to_date() {
  [ -x "$binary" ] && [ -f "$stamp" ] &&
    [ -z "$(inputs -newer "$stamp" -print)" ] &&
    [ "$(cksum <"$binary")" = "$(cat "$stamp")" ]
}

if [ "${2:-}" = --up-to-date ]; then
  up_to_date
  exit
fi
if up_to_date; then
  say "$binary is up to date"
  exit
fi

setup/rust.sh site
setup/site-tools.sh
use_site_toolchain

mkdir -p "target/$profile"
: >"$stamp.began"
if [ "$profile" = release ]; then
  say "building $binary: the browser part, then the server (about 9 minutes the first time, on 2 cores)"
  cargo leptos build --release --split --precompress --cargo-locked
else
  say "building $binary: the browser part, then the server (5 to 10 minutes the first time, on 2 cores)"
  cargo leptos build --release --split --precompress --cargo-locked --frontend-only
  # With the features and the name that cargo-leptos would use.
  LEPTOS_OUTPUT_NAME=claimcheck cargo build --locked --profile demo --no-default-features --features demo --bin claimcheck
fi
cksum <"$binary" >"$stamp.new"
touch -r "$stamp.began" "$stamp.new"
mv "$stamp.new" "$stamp"
rm "$stamp.began"
