#!/usr/bin/env bash
# Runs the fuzz targets of fuzz/ one after the other, starting from their saved corpora. FUZZ_SECS is the time for each
# (360), FUZZ_TARGETS selects targets (all). The input of a finding is kept in fuzz/artifacts;
# `fuzz/target/…/release/TARGET FILE` reproduces it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export CARGO_TARGET_DIR=$root/fuzz/target

setup/rust.sh lint
have c++ || apt_install g++ || die "A C++ compiler is missing (no c++ on the PATH)." "libFuzzer needs it. Install g++ or clang, then run make again."
if ! have cargo-fuzz; then
  say "cargo-fuzz $cargo_fuzz_version: cargo install into $tools"
  CARGO_TARGET_DIR=$cache/build CARGO_PROFILE_RELEASE_OPT_LEVEL=0 cargo install cargo-fuzz --version "$cargo_fuzz_version" --locked --root "$tools" >&2 ||
    die "cargo-fuzz $cargo_fuzz_version could not be installed. See cargo's messages above."
  rm -rf "$cache/build"
fi

# Without a sanitizer, which needs a nightly compiler: there is no unsafe code to check here. `cfg(fuzzing)` would
# compile some crates differently from the released program.
options=(--sanitizer none --no-cfg-fuzzing --codegen-units 8)
# build.rs creates the folder. If it already exists, the next build does not see a change.
mkdir -p target/site
say "building the fuzz targets (about 15 minutes the first time, on 2 cores)"
cargo fuzz build "${options[@]}"
read -ra targets <<<"${FUZZ_TARGETS:-$(cargo fuzz list | tr '\n' ' ')}"
for target in "${targets[@]}"; do
  say "$target, for ${FUZZ_SECS:-360} s"
  mkdir -p "fuzz/corpus/$target"
  folders=("fuzz/corpus/$target")
  if [ -d "fuzz/seeds/$target" ]; then folders+=("fuzz/seeds/$target"); fi
  run=(-max_total_time="${FUZZ_SECS:-360}" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1)
  # Structured input has no text to grow from, so all lengths are tried from the start.
  case $target in id_token | logout_token | token_response | api_answer | state) run+=(-len_control=0 -max_len=512) ;; esac
  if [ -f "fuzz/seeds/$target.dict" ]; then run+=(-dict="fuzz/seeds/$target.dict"); fi
  cargo fuzz run "${options[@]}" "$target" "${folders[@]}" -- "${run[@]}"
done
