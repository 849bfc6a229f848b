#!/usr/bin/env bash
# The interop tests: the release binary with providers as they are, in a browser. `interop.sh [smoke | PART]`: `smoke` runs
# one sign-in with each provider, PART is a part of a scenario's name. CLAIMCHECK_BIN=PATH tests that binary and builds
# none. Servers are fetched into the cache folder, run on loopback with data of their own, and are stopped at the end. The
# results are in target/interop/summary.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

limit=690 # seconds for servers and scenarios, so that all has stopped after 12 minutes; building the binary is not part of them
java_oldest=17
keycloak=$cache/interop/keycloak-$keycloak_version

java_version() { java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p'; }

need_java() {
  have java && at_least "$(java_version)" "$java_oldest" && have mvn && return
  die "make interop needs Java $java_oldest or newer and Maven, for Keycloak." \
    "On Debian and Ubuntu: apt-get install openjdk-17-jdk-headless maven. Elsewhere: https://adoptium.net and" \
    "https://maven.apache.org. Then run make interop again. No other command needs them."
}

# within SECONDS COMMAND...
within() {
  if have timeout; then timeout "$@"; else "${@:2}"; fi
}

# From Maven Central by way of the local Maven repository into the cache folder, where Keycloak's own build step takes half
# a minute, once.
fetch_keycloak() {
  [ -f "$keycloak/.built" ] && return
  local artifact=org.keycloak:keycloak-quarkus-dist:$keycloak_version:tar.gz new=$keycloak.new
  say "Keycloak $keycloak_version: Maven artifact $artifact into $keycloak (170 MB)"
  rm -rf "$keycloak" "$new"
  mkdir -p "$keycloak" "$new"
  within 300 mvn -q -B dependency:copy "-Dartifact=$artifact" "-DoutputDirectory=$new" >&2 ||
    die "Maven did not deliver $artifact." "Check the connection to https://repo.maven.apache.org and the mirrors in ~/.m2/settings.xml."
  tar -xzf "$new"/*.tar.gz -C "$keycloak" --strip-components=1
  rm -rf "$new"
  say "Keycloak $keycloak_version: its build step (about 35 s on 2 cores)"
  JAVA_OPTS_KC_HEAP="-Xms128m -Xmx512m" within 180 "$keycloak/bin/kc.sh" build --db=dev-file >&2
  touch "$keycloak/.built"
}

need_java
if [ -z "${CLAIMCHECK_BIN:-}" ]; then setup/build.sh; fi
export CLAIMCHECK_BIN=${CLAIMCHECK_BIN:-$root/target/release/claimcheck}
setup/npm.sh
browser=$(setup/browser.sh headless)

SECONDS=0
setup/npm.sh end2end/interop/auth0
fetch_keycloak

# Each server is a process group, with a file that names it. A test run that is killed leaves both behind.
run=$(mktemp -d)
stop_servers() {
  local file
  for file in "$run"/*.pid; do
    [ -f "$file" ] || continue
    say "stopping $(cat "$file")"
    kill -KILL "-$(basename "$file" .pid)" 2>/dev/null || true
  done
  rm -rf "$run"
}
trap stop_servers EXIT
# On an interrupt, Playwright ends the servers itself, with their data.
tests=
interrupted() {
  if [ -n "$tests" ]; then kill -INT "$tests" 2>/dev/null && wait "$tests"; fi
  exit 130
}
trap interrupted INT TERM

chosen=()
case ${1:-} in
  '') ;;
  smoke) chosen=(--grep @smoke) ;;
  *) chosen=(--grep "$1") ;;
esac

cd end2end
say "interop tests on $CLAIMCHECK_BIN"
INTEROP_RUN=$run INTEROP_SECS=$((limit - SECONDS)) CHROMIUM=$browser \
  INTEROP_KEYCLOAK=$keycloak INTEROP_KEYCLOAK_VERSION=$keycloak_version \
  node node_modules/@playwright/test/cli.js test --config interop/playwright.config.ts ${chosen[@]+"${chosen[@]}"} &
tests=$!
status=0
wait "$tests" || status=$?
say "interop: ended with status $status after $((SECONDS / 60)) min $((SECONDS % 60)) s"
[ "$status" = 0 ]
