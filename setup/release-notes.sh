#!/usr/bin/env bash
# Prints the notes of a release, the section of its version in CHANGELOG.md: `release-notes.sh 0.1.0`.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=${1:?usage: setup/release-notes.sh VERSION}
written=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
[ "$version" = "$written" ] || die "The release is $version, but Cargo.toml says $written."
notes=$(awk -v version="$version" '/^## / { found = $2 == version || $2 == "[" version "]"; next } found' CHANGELOG.md)
[ -n "${notes//[[:space:]]/}" ] || die "CHANGELOG.md has no section '## $version'." "Rename 'Unreleased' to the version, with the date."
printf '%s\n' "$notes"
