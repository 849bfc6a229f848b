#!/usr/bin/env bash
# Builds a release: `dist.sh [x86_64|aarch64]` makes a static binary for Linux, and packs it with licences, completions,
# manual page and sample settings into target/dist/claimcheck-VERSION-TARGET.tar.gz, with a line in target/dist/SHA256SUMS.
# The binary contains the demo, so that `claimcheck demo` works wherever it is. The same sources and tools give the same
# archive: its times are those of SOURCE_DATE_EPOCH, or of the last commit.
# `dist.sh ARCH binary` only builds the binary, target/dist/TARGET/claimcheck. CLAIMCHECK_DIST_TARGET_DIR is another folder
# for what the compiler leaves.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-x86_64} in
  x86_64) arch=x86_64 ;;
  aarch64 | arm64) arch=aarch64 ;;
  *) die "usage: setup/dist.sh [x86_64|aarch64] [binary]" ;;
esac
target=$arch-unknown-linux-musl
dist=$root/target/dist

has_library() { compgen -G "$(rustc --print sysroot)/lib/rustlib/$target/lib/libstd-*.rlib" >/dev/null; }

# Rust's standard library for the target.
add_library() {
  if has_library; then return; fi
  say "Rust's library for $target: rustup target add $target"
  { have rustup && rustup target add "$target" >&2 && has_library; } ||
    die "Rust's standard library for $target is missing." \
      "With rustup: rustup target add $target. A distribution may have it in a separate package."
}

# A C compiler for the parts in C (ring, SQLite, mimalloc), and a linker: musl-gcc for this machine, Zig for another one.
use_c_compiler() {
  local name=${target//-/_}
  if [ "$arch" = "$(uname -m)" ] && { have musl-gcc || apt_install musl-tools; }; then
    export "CC_$name=musl-gcc"
  elif have "$arch-linux-musl-gcc"; then
    export "CC_$name=$arch-linux-musl-gcc" "CARGO_TARGET_${name^^}_LINKER=$arch-linux-musl-gcc"
  else
    use_zig
  fi
}

# cargo-zigbuild and Zig as packages of Python, in the cache folder.
use_zig() {
  local zig=$cache/zig
  builder=zigbuild
  if have cargo-zigbuild && have zig; then return; fi
  if [ ! -x "$zig/bin/cargo-zigbuild" ]; then
    say "C compiler for $target: cargo-zigbuild $zigbuild_version and Zig $zig_version, with pip"
    { python3 -m venv "$zig" && "$zig/bin/pip" install -q "cargo-zigbuild==$zigbuild_version" "ziglang==$zig_version" >&2; } ||
      die "There is no C compiler for $target." \
        "On Debian and Ubuntu: apt-get install python3-venv, then run this again; or install cargo-zigbuild and zig." \
        "For $(uname -m), musl-gcc is enough: apt-get install musl-tools."
  fi
  export PATH="$zig/bin:$PATH"
}

# The site, in target/site. The same files as in target/release/claimcheck.
site() {
  if [ -n "${CLAIMCHECK_DIST_KEEP_SITE:-}" ] && [ -f target/site/pkg/claimcheck.wasm ]; then return; fi
  setup/rust.sh site
  setup/site-tools.sh
  (use_site_toolchain && cargo leptos build --release --split --precompress --cargo-locked --frontend-only)
}

builder=build
setup/rust.sh compiler
add_library
use_c_compiler
site
say "building $dist/$target/claimcheck (10 to 25 minutes the first time, on 2 cores)"
# With the features and the name that cargo-leptos would use.
CARGO_TARGET_DIR=${CLAIMCHECK_DIST_TARGET_DIR:-$root/target} LEPTOS_OUTPUT_NAME=claimcheck CARGO_INCREMENTAL=0 \
  cargo "$builder" --locked --profile dist --target "$target" --no-default-features --features demo --bin claimcheck
mkdir -p "$dist/$target"
cp "${CLAIMCHECK_DIST_TARGET_DIR:-$root/target}/$target/dist/claimcheck" "$dist/$target/claimcheck"
# A binary that needs a loader does not start in an empty image.
if have readelf && readelf -l "$dist/$target/claimcheck" | grep -q INTERP; then
  die "$dist/$target/claimcheck is not static."
fi
say "$dist/$target/claimcheck: $(stat -c %s "$dist/$target/claimcheck") bytes"
if [ "${2:-}" = binary ]; then exit; fi

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
name=claimcheck-$version-$target
folder=$dist/$name
rm -rf "$folder"
mkdir -p "$folder/completions" "$folder/man"
cp "$dist/$target/claimcheck" LICENSE-APACHE LICENSE-MIT README.md CHANGELOG.md claimcheck.sample.toml "$folder"
cp .env.sample "$folder/env.sample"
# Completions and the page are the same for all targets, so a binary of this machine can write them.
run=$folder/claimcheck
if ! "$run" --version >/dev/null 2>&1; then run=${CLAIMCHECK_BIN:-target/release/claimcheck}; fi
[ -x "$run" ] || die "There is no binary for this machine that writes the completions." "Run setup/dist.sh $(uname -m) first, or set CLAIMCHECK_BIN."
"$run" completions bash >"$folder/completions/claimcheck.bash"
"$run" completions zsh >"$folder/completions/_claimcheck"
"$run" completions fish >"$folder/completions/claimcheck.fish"
"$run" man >"$folder/man/claimcheck.1"

epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
tar --create --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode='u+rw,go+r-w,a+X' \
  --directory "$dist" "$name" | gzip --no-name -9 >"$dist/$name.tar.gz"
rm -r "$folder"
(cd "$dist" && sha256sum ./*.tar.gz | sed 's# \./# #' >SHA256SUMS)
say "$dist/$name.tar.gz: $(stat -c %s "$dist/$name.tar.gz") bytes"
