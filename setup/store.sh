#!/usr/bin/env bash
# A private PostgreSQL, Redis or PgBouncer for tests, on a free loopback port, with its data in its own folder, which is
# removed afterwards:
#     setup/store.sh postgres|redis
#     setup/store.sh pgbouncer URL [SETTING=VALUE...]
# (URL is that of a PostgreSQL, and a setting is one of PgBouncer's) prints its URL, then executes commands from stdin: `down` (kills it, like a crash), `stop` (shuts it down), `up`
# (starts it again on the same port and data). It reports each one when done: down, stopped, up. At the end of stdin
# everything is removed.
#     setup/store.sh install
# installs all of them if they are missing, and starts nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Debian does not put PostgreSQL's programs on the PATH; each version has its own folder.
postgres_bin() {
  local folder
  for folder in "${POSTGRES_BIN:-}" /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/pgsql-*/bin; do
    if [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ]; then
      printf '%s\n' "$folder"
      return
    fi
  done
  folder=$(command -v postgres) && have initdb && dirname "$folder"
}

pgbouncer_bin() { PATH=$PATH:/usr/sbin command -v pgbouncer; }

# REDIS_BIN chooses another server, such as Valkey: the path of its program.
redis_bin() { command -v "${REDIS_BIN:-redis-server}" || command -v valkey-server; }

# Debian's packages start a system server, now and at every boot; only their programs are needed here. In a subshell, so
# that the settings that prevent this are removed in any case.
apt_install_quietly() (
  rules=/usr/sbin/policy-rc.d clusters=/etc/postgresql-common/createcluster.d/claimcheck.conf made=()
  trap 'if [ ${#made[@]} -gt 0 ]; then as_root rm -f "${made[@]}"; fi' EXIT
  if [ ! -e "$rules" ]; then
    made+=("$rules")
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$rules && chmod 755 $rules" || exit
  fi
  made+=("$clusters")
  as_root sh -c "mkdir -p ${clusters%/*} && echo 'create_main_cluster = false' >$clusters" || exit
  apt_install "$@" || exit
  if [ "$1" != postgresql ] && have systemctl; then as_root systemctl --quiet disable "$1" >&2 || true; fi
)

install_postgres() {
  postgres_bin >/dev/null || { have apt-get && apt_install_quietly postgresql && postgres_bin >/dev/null; } ||
    die "PostgreSQL is missing; only the tests need it." \
      "Install its server with your package manager, or set POSTGRES_BIN to the folder of its programs; then run make again."
}

install_redis() {
  redis_bin >/dev/null || { have apt-get && apt_install_quietly redis-server && redis_bin >/dev/null; } ||
    die "Redis is missing; only the tests need it." \
      "Install redis-server (or valkey) with your package manager, then run make again."
}

install_pgbouncer() {
  pgbouncer_bin >/dev/null || { have apt-get && apt_install_quietly pgbouncer && pgbouncer_bin >/dev/null; } ||
    die "PgBouncer is missing; only the tests need it." \
      "Install pgbouncer with your package manager, then run make again."
}

# None of them needs root, and PostgreSQL and PgBouncer refuse it.
if [ "$(id -u)" = 0 ]; then
  unprivileged_user=nobody
  unprivileged=(setpriv "--reuid=$unprivileged_user" "--regid=$(id -g "$unprivileged_user")" --clear-groups)
else
  unprivileged=()
fi

free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf '%s\n' "$port"
      return
    fi
  done
  die "No free port found on 127.0.0.1."
}

# Starts the server; its process is $pid. Retries for up to 30 s: the children of a killed PostgreSQL live on for a
# moment, and no other server can start meanwhile.
up() {
  local deadline=$((SECONDS + 30))
  while [ "$SECONDS" -lt "$deadline" ]; do
    "start_$kind" >>"$folder/log" 2>&1 9>&- &
    pid=$!
    printf '%s\n' "$pid" >"$folder/pid"
    while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do
      if answers; then return; fi
      sleep 0.05
    done
    down KILL
    sleep 0.2
  done
  tail -n 20 "$folder/log" >&2
  return 1
}

# down SIGNAL
down() {
  kill "-$1" "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

start_postgres() {
  # Durable, as in production. The socket folder is set, because the default one may not be writable.
  exec "${unprivileged[@]}" "$bin/postgres" -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 \
    -c max_connections=400 -c fsync=on -c shared_buffers=32MB -c logging_collector=off
}

start_redis() {
  # Every write is in the file before the response, unless the disk is busy (see `written`). It is on the disk within a
  # second, the default: losses by a power cut are not tested here.
  exec "${unprivileged[@]}" "$bin" --port "$port" --bind 127.0.0.1 --dir "$folder/data" --databases 4000 \
    --appendonly yes --appendfsync everysec --save "" --requirepass "$password" --maxmemory-policy noeviction
}

start_pgbouncer() {
  exec "${unprivileged[@]}" "$bin" -q "$folder/data/pgbouncer.ini"
}

# configure_pgbouncer URL SETTING=VALUE...: all databases and the user of that PostgreSQL, with four connections for each
# database, so that clients take turns.
configure_pgbouncer() {
  local rest=${1#postgres://} setting
  local user=${rest%%:*} place=${rest#*@}
  local secret=${rest#*:}
  secret=${secret%%@*} place=${place%%/*}
  printf '"%s" "%s"\n' "$user" "$secret" >"$folder/data/users"
  {
    printf '[databases]\n* = host=%s port=%s\n' "${place%:*}" "${place#*:}"
    printf '[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %s\nunix_socket_dir =\n' "$port"
    printf 'auth_type = plain\nauth_file = %s\nadmin_users = %s\n' "$folder/data/users" "$user"
    printf 'max_client_conn = 500\ndefault_pool_size = 4\nserver_idle_timeout = 10\n'
    for setting in "${@:2}"; do printf '%s\n' "${setting/=/ = }"; done
  } >"$folder/data/pgbouncer.ini"
  if [ "$(id -u)" = 0 ]; then chown "$unprivileged_user" "$folder/data"/*; fi
  password=$secret
  url=postgres://$user:$secret@127.0.0.1:$port/${rest##*/}
}

# Redis delays its writes by up to two seconds while the disk is busy. With this setting it writes all of them before it
# responds, so that a kill loses nothing; the next start has the usual setting again.
written() {
  [ "$kind" = redis ] || return 0
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 0
  printf 'AUTH %s\r\nCONFIG SET appendfsync always\r\n' "$password" >&3
  for _ in 1 2; do read -r -t 5 _ <&3 || break; done
  exec 3>&-
}

# Whether this server responds: only it has this password.
answers() {
  case $kind in
    postgres)
      PGPASSWORD=$password PGCONNECT_TIMEOUT=2 "${unprivileged[@]}" "$bin/psql" -X -q -h 127.0.0.1 -p "$port" \
        -U claimcheck -d postgres -c 'SELECT 1' >/dev/null 2>&1
      ;;
    # Its own console, which answers whatever it pools.
    pgbouncer)
      PGPASSWORD=$password PGCONNECT_TIMEOUT=2 "$(postgres_bin)/psql" -X -q -h 127.0.0.1 -p "$port" \
        -U "$(sed 's/^"\([^"]*\)".*/\1/' "$folder/data/users")" -d pgbouncer -c 'SHOW VERSION' >/dev/null 2>&1
      ;;
    redis)
      { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
      printf 'AUTH %s\r\nPING\r\n' "$password" >&3
      local first second
      read -r -t 2 first <&3 && read -r -t 2 second <&3 || second=
      exec 3>&-
      [ "${first%$'\r'}" = +OK ] && [ "${second%$'\r'}" = +PONG ]
      ;;
  esac
}

kind=${1:-}
case $kind in
  install) install_postgres && install_redis && install_pgbouncer && exit ;;
  postgres) install_postgres && bin=$(postgres_bin) ;;
  redis) install_redis && bin=$(redis_bin) ;;
  pgbouncer) [ $# -gt 1 ] && install_postgres && install_pgbouncer && bin=$(pgbouncer_bin) ;;
  *) die "usage: setup/store.sh postgres|redis|pgbouncer URL [SETTING=VALUE...]|install" ;;
esac

folder=$(mktemp -d "${TMPDIR:-/tmp}/claimcheck-store-XXXXXX")
pid=
clean_up() {
  trap - EXIT
  if [ -n "$pid" ]; then down KILL; fi
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 143' TERM INT HUP PIPE
# The process at the other end of this pipe cleans up when this script ends in any way, even if it is killed.
clean_up_after() {
  trap '' TERM INT HUP PIPE
  cat >/dev/null
  if [ -d "$folder" ]; then
    kill -KILL "$(cat "$folder/pid")" 2>/dev/null || true
    sleep 0.2
    rm -rf "$folder"
  fi
}
exec 9> >(trap - EXIT && clean_up_after >/dev/null 2>&1)

mkdir "$folder/data"
chmod 700 "$folder/data"
if [ "$(id -u)" = 0 ]; then chown -R "$unprivileged_user" "$folder"; fi
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
port=$(free_port)
if [ "$kind" = postgres ]; then
  (umask 077 && printf '%s\n' "$password" >"$folder/password")
  if [ "$(id -u)" = 0 ]; then chown "$unprivileged_user" "$folder/password"; fi
  (cd "$folder" && "${unprivileged[@]}" "$bin/initdb" -D "$folder/data" -U claimcheck --pwfile="$folder/password" \
    --auth=password --encoding=UTF8 --locale=C --no-sync >"$folder/log" 2>&1) || { cat "$folder/log" >&2 && exit 1; }
  url=postgres://claimcheck:$password@127.0.0.1:$port/postgres
elif [ "$kind" = pgbouncer ]; then
  configure_pgbouncer "${@:2}"
else
  url=redis://:$password@127.0.0.1:$port
fi
cd "$folder"
up || die "The $kind server for the tests did not start."
printf '%s\n' "$url"

# SIGINT from a terminal is meant for the parent process; the end of stdin shows that it is gone.
while read -r command; do
  case $command in
    down) written && down KILL && echo down ;;
    stop) down "$([ "$kind" = postgres ] && echo INT || echo TERM)" && echo stopped ;;
    up) up && echo up ;;
    *) say "unknown command: $command" ;;
  esac
done
