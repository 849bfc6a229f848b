#!/usr/bin/env bash
# A second Rust with the wasm32 library, for machines on which rustup cannot add the target: Debian packages a newer
# Rust with its sources (rustc-web and friends). Unpacked in the cache folder, it changes neither the system nor any
# toolchain.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The linker stays beside the libraries it loads. The link is renewed each time, because the ordinary Rust may have been
# updated.
link_linker() {
  local host linker
  host=$(rustc -vV | awk '$1 == "host:" { print $2 }')
  linker=$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld
  [ -x "$linker" ] || die "The default Rust has no rust-lld, which links the browser part." "Install Rust from rustup."
  mkdir -p "$1/usr/lib/rustlib/$host/bin"
  ln -sf "$linker" "$1/usr/lib/rustlib/$host/bin/rust-lld"
}

if [ -x "$debian_rust/usr/bin/rustc" ]; then
  link_linker "$debian_rust"
  exit
fi

if ! have apt-get || ! have dpkg; then
  die "This is not a Debian system, so there are no packages of a Rust with the wasm32 library."
fi

candidate() { apt-cache policy rustc-web | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'; }
at_least "$(candidate)" "$rust_version" || as_root apt-get update -q >&2 || say "apt's package lists may be outdated, and only root can update them"
version=$(candidate)
at_least "$version" "$rust_version" || die "rustc-web $rust_version or newer is required; apt offers ${version:-none}."

new=$debian_rust.unfinished
rm -rf "$new"
mkdir -p "$new"

say "wasm32 library: unpacking Debian's Rust $version into $debian_rust"
cd "$new"
shared=$(apt-cache depends libstd-rust-web-dev | awk '/Depends: libstd-rust-web-[0-9]/ { print $2; exit }')
packages=(rustc-web cargo-web libstd-rust-web-dev "$shared" rust-web-src)
apt-get download -q "${packages[@]}" >&2 || { as_root apt-get update -q >&2 && apt-get download -q "${packages[@]}" >&2; }
# Their shared libraries. The packages name them; the numbers in the names change from release to release.
mapfile -t libraries < <(apt-cache depends cargo-web "$shared" | awk '/^  Depends: lib/ && $2 !~ /rust/ { print $2 }' | sort -u)
apt_install "${libraries[@]}" || die "Packages that Debian's Rust needs could not be installed." "As root, run: apt-get install ${libraries[*]}"
for package in ./*.deb; do dpkg -x "$package" .; done
rm ./*.deb
(cd usr/lib && ln -sf ./*-linux-gnu*/*.so* .)
link_linker "$new"

say "wasm32 library: building Rust's standard library for the browser (about a minute)"
mkdir -p library/src
printf '[package]\nname = "only_the_library"\nedition = "2021"\n[workspace]\n' >library/Cargo.toml
: >library/src/lib.rs
# Link-time optimization of the site needs bitcode in the library.
(use_debian_rust "$new" && cd library && CARGO_TARGET_DIR=$new/library/target RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
  cargo build -q --release --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort,proc_macro >&2)
mkdir -p usr/lib/rustlib/wasm32-unknown-unknown/lib
cp library/target/wasm32-unknown-unknown/release/deps/*.rlib usr/lib/rustlib/wasm32-unknown-unknown/lib/
rm usr/lib/rustlib/wasm32-unknown-unknown/lib/libonly_the_library*

rm -r library usr/src usr/lib/rustlib/src
mv "$new" "$debian_rust"
