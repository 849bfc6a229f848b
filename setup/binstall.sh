#!/usr/bin/env bash
# Installs a prebuilt tool instead of compiling for minutes: `binstall.sh CRATE VERSION` puts the crate's binaries into
# the cache folder.
# Fails within seconds on machines that cannot download release archives; the caller then compiles.
# cargo-binstall does the work. If it is missing, its own archive is downloaded and must have the checksum below.
# CLAIMCHECK_SETUP_NO_PREBUILT=1 behaves as if there were no prebuilt tools.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

archives=https://github.com/cargo-bins/cargo-binstall/releases/download/v$cargo_binstall_version

# The archive for this machine and its SHA-256. Other machines compile, or have cargo-binstall on the PATH.
archive_for_this_machine() {
  case $(uname -sm) in
    "Linux x86_64") archive=x86_64-unknown-linux-musl.tgz sum=630c8f8803a686aa6779497f0f0fb51d49822fb5fc3c514d8ced33b34e338e6e ;;
    "Linux aarch64") archive=aarch64-unknown-linux-musl.tgz sum=1dc2979f3c83aade9a1b4344589d14fafa63459b759222528d11419f5cca9cc2 ;;
    "Darwin x86_64") archive=x86_64-apple-darwin.zip sum=73894951a5c5343476e703b9f2ccea9e829396147ee33bded6a5e94c09298d81 ;;
    "Darwin arm64") archive=aarch64-apple-darwin.zip sum=bd03935f1a6d652647f6d42a2cd39396a55094ffddc65bed0debebfe32feea43 ;;
    *) return 1 ;;
  esac
}

sha256() { if have sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | awk '{ print $1 }'; }

fetch_binstall() {
  local archive sum folder found
  archive_for_this_machine || return 1
  folder=$(mktemp -d)
  # shellcheck disable=SC2064 # the current folder
  trap "rm -rf '$folder'" EXIT
  curl -sSfL --proto '=https' --connect-timeout 5 --max-time 120 -o "$folder/$archive" "$archives/cargo-binstall-$archive" 2>/dev/null || return 1
  found=$(sha256 "$folder/$archive")
  if [ "$found" != "$sum" ]; then
    say "cargo-binstall $cargo_binstall_version: the SHA-256 of the archive is $found instead of $sum; the archive is not used"
    return 1
  fi
  # Zip archives are for macOS, whose tar can read them.
  tar -xf "$folder/$archive" -C "$folder" || return 1
  mkdir -p "$tools/bin"
  mv "$folder/cargo-binstall" "$tools/bin/"
}

[ -z "${CLAIMCHECK_SETUP_NO_PREBUILT:-}" ] || exit 1
crate=$1 version=$2

# Fails fast, before cargo-binstall tries one address after the other.
if ! have curl || ! curl -sSfI --proto '=https' --connect-timeout 5 --max-time 10 -o /dev/null https://github.com 2>/dev/null; then
  exit 1
fi
have cargo-binstall || fetch_binstall || exit 1

say "$crate $version: installing a prebuilt binary with cargo-binstall"
cargo-binstall "$crate@$version" --root "$tools" --force --no-confirm --disable-strategies compile,quick-install \
  --disable-telemetry --no-discover-github-token >&2 ||
  { say "$crate $version: no prebuilt binary for this machine" && exit 1; }
