#!/usr/bin/env bash
# The container image: `image.sh build [ARCH…]` builds it for amd64, arm64 or both (default: this machine) with buildah, from the
# binaries of setup/dist.sh. `image.sh test` also starts it: read-only, without capabilities, as its own user. It runs the
# demo in it, waits for its health check, and signs in, at a provider that the server finds by name. Where the kernel allows no containers, that part is skipped and says
# why. CLAIMCHECK_IMAGE_KEEP_BINARY=1 uses the binaries that are there. Installs buildah, podman and runc on Debian and Ubuntu.
# `image.sh push TAG…` builds for both machines and pushes one manifest for them, at each tag; it prints the digest.
# CLAIMCHECK_IMAGE is the name (default: localhost/claimcheck).
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

image=${CLAIMCHECK_IMAGE:-localhost/claimcheck}
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
context=$root/target/dist/image
# Images are kept below target/, so that they do not mix with those of the machine. vfs works on every file system.
store=(--root "$root/target/dist/containers" --runroot "$root/target/dist/containers-run" --storage-driver vfs)
max_bytes=80000000 # of the image, all layers together

machine() { case $(uname -m) in x86_64) echo amd64 ;; aarch64 | arm64) echo arm64 ;; *) die "There is no image for $(uname -m)." ;; esac; }
rust_arch() { case $1 in amd64) echo x86_64 ;; arm64) echo aarch64 ;; *) die "usage: setup/image.sh build [amd64] [arm64]" ;; esac; }

build() {
  local arch binary
  have buildah || apt_install buildah || die "buildah is missing; only the image needs it." "Install buildah, or use docker: see docs/operating/install.md."
  rm -rf "$context"
  mkdir -p "$context/data"
  echo "The data of Claimcheck." >"$context/data/README"
  for arch; do
    binary=target/dist/$(rust_arch "$arch")-unknown-linux-musl/claimcheck
    if [ -z "${CLAIMCHECK_IMAGE_KEEP_BINARY:-}" ] || [ ! -x "$binary" ]; then setup/dist.sh "$(rust_arch "$arch")" binary; fi
    mkdir -p "$context/$arch"
    install -m 0755 "$binary" "$context/$arch/claimcheck"
    say "building $image:$version-$arch"
    # The format of Docker has health checks, that of OCI has none.
    buildah "${store[@]}" build --isolation chroot --format docker --platform "linux/$arch" \
      --build-arg "TARGETARCH=$arch" --build-arg "VERSION=$version" \
      --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
      --build-arg "CREATED=$(date -u -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}" +%Y-%m-%dT%H:%M:%SZ)" \
      --timestamp "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}" \
      --file docs/operating/deploy/Containerfile --tag "$image:$version-$arch" "$context" >&2
  done
}

# One name for both machines, at the registry of $image. Needs a login: `buildah login`.
push() {
  local tag digest_file=$root/target/dist/digest
  build amd64 arm64
  buildah "${store[@]}" manifest rm "$image:$version" >/dev/null 2>&1 || true
  buildah "${store[@]}" manifest create "$image:$version" >/dev/null
  buildah "${store[@]}" manifest add "$image:$version" "containers-storage:$image:$version-amd64" >/dev/null
  buildah "${store[@]}" manifest add "$image:$version" "containers-storage:$image:$version-arm64" >/dev/null
  for tag; do
    buildah "${store[@]}" manifest push --all --format v2s2 --digestfile "$digest_file" "$image:$version" "docker://$image:$tag" >&2
  done
  cat "$digest_file"
}

# What is in the image, without starting it.
inspect() {
  local arch=$1 config size
  config=$(buildah "${store[@]}" inspect --type image --format \
    '{{.Docker.Config.User}} {{.Docker.Config.StopSignal}} {{.Docker.Config.Healthcheck.Test}} {{.Docker.Config.Volumes}} {{.Docker.Config.Entrypoint}}' \
    "$image:$version-$arch")
  say "$config"
  case $config in
    "65532:65532 SIGTERM [CMD /usr/local/bin/claimcheck health] map[/data:{}] [/usr/local/bin/claimcheck]") ;;
    *) die "The image has another configuration than its Containerfile." ;;
  esac
  size=$(buildah "${store[@]}" images --json "$image:$version-$arch" | sed -n 's/.*"size": "\(.*\)".*/\1/p' | head -n 1)
  say "$image:$version-$arch has $size, its binary $(stat -c %s "$context/$arch/claimcheck") bytes"
  [ "$(stat -c %s "$context/$arch/claimcheck")" -lt "$max_bytes" ] || die "The image is larger than $max_bytes bytes."
}

# Limits that this process may set: without further permissions, those of a container cannot be higher.
hard_limit() { local hard; hard=$(ulimit -H "$1"); if [ "$hard" = unlimited ] || [ "$hard" -gt 4096 ]; then echo 4096; else echo "$hard"; fi; }

# The command that runs a container here, in the array `podman`; fails with the reason in `why`.
find_runtime() {
  local runtime limits
  why="podman is not installed"
  have podman || apt_install podman runc crun || return 1
  limits=(--ulimit "nofile=$(hard_limit -n):$(hard_limit -n)" --ulimit "nproc=$(hard_limit -u):$(hard_limit -u)")
  for runtime in crun runc; do
    have "$runtime" || continue
    podman=(podman "${store[@]}" --cgroup-manager cgroupfs --runtime "$runtime")
    run=("${podman[@]}" run --read-only --cap-drop all --security-opt no-new-privileges --network host "${limits[@]}" --no-healthcheck)
    if why=$("${run[@]}" --rm "$image:$version-$(machine)" --version 2>&1); then return; fi
  done
  return 1
}

start_and_sign_in() {
  local name=claimcheck-image-test port=${CLAIMCHECK_IMAGE_PORT:-18640} status=0
  local origin=http://localhost:$port
  if ! find_runtime; then
    say "SKIPPED: the image was built and is not started, because this machine allows no containers: $(tail -n 1 <<<"$why")"
    return
  fi
  setup/npm.sh
  "${podman[@]}" rm --force "$name" >/dev/null 2>&1 || true
  say "starting the demo in a container: read-only, no capabilities"
  "${run[@]}" --detach --name "$name" \
    --env "CLAIMCHECK_LISTEN=127.0.0.1:$port" --env "CLAIMCHECK_ADMIN_LISTEN=127.0.0.1:$((port + 3))" \
    --env "CLAIMCHECK_DEMO_CLIENT_ORIGIN=$origin" --env "CLAIMCHECK_DEMO_PROVIDER_LISTEN=127.0.0.1:$((port + 1))" \
    --env "CLAIMCHECK_DEMO_API_LISTEN=127.0.0.1:$((port + 2))" --env "CLAIMCHECK_DEMO_ISSUER=http://localhost:$((port + 1))" \
    "$image:$version-$(machine)" demo >/dev/null
  in_container "$name" "$origin" || status=$?
  if [ "$status" != 0 ]; then "${podman[@]}" logs "$name" >&2 || true; fi
  "${podman[@]}" stop --time 20 "$name" >/dev/null || status=1
  [ "$("${podman[@]}" inspect --format '{{.State.ExitCode}}' "$name")" = 0 ] || { say "BROKEN: SIGTERM does not end it in order"; status=1; }
  "${podman[@]}" rm --force --volumes "$name" >/dev/null
  return "$status"
}

in_container() {
  local name=$1 origin=$2 pid user second
  for ((second = 0; ; second++)); do
    if "${podman[@]}" exec "$name" /usr/local/bin/claimcheck health >/dev/null 2>&1; then break; fi
    [ "$second" -lt 60 ] || { say "BROKEN: the health check does not pass within a minute"; return 1; }
    sleep 1
  done
  say "its health check passes after $second s"
  pid=$("${podman[@]}" inspect --format '{{.State.Pid}}' "$name")
  user=$(awk '$1 == "Uid:" { print $2, $3 } $1 == "CapEff:" { print $2 } $1 == "NoNewPrivs:" { print $2 }' "/proc/$pid/status" | xargs)
  [ "$user" = "65532 65532 0000000000000000 1" ] || { say "BROKEN: user, capabilities and no_new_privs are $user"; return 1; }
  if "${podman[@]}" exec "$name" /bin/sh -c true >/dev/null 2>&1; then
    say "BROKEN: there is a shell in the image"
    return 1
  fi
  (cd end2end && npm run --silent image -- "$origin")
}

case ${1:-} in
  build)
    shift
    if [ $# = 0 ]; then set -- "$(machine)"; fi
    build "$@"
    ;;
  test)
    build "$(machine)"
    inspect "$(machine)"
    start_and_sign_in
    ;;
  push)
    shift
    [ $# -gt 0 ] || die "usage: setup/image.sh push TAG…"
    push "$@"
    ;;
  *) die "usage: setup/image.sh build [amd64] [arm64] | test | push TAG…" ;;
esac
