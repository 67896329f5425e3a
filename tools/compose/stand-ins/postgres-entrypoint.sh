#!/bin/sh
# Does what the entry point of the official image does, as far as docker/compose.yaml relies on it.
set -eu
export PGDATA=/var/lib/postgresql/data
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  install -d -o postgres -m 700 "$PGDATA"
  printf %s "$POSTGRES_PASSWORD" | install -o postgres -m 600 /dev/stdin /run/postgresql/password
  as_postgres initdb --username postgres --pwfile /run/postgresql/password --auth-host scram-sha-256
  rm /run/postgresql/password
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  as_postgres pg_ctl --wait --options "-c listen_addresses=''" start
  as_postgres createdb --username postgres "$POSTGRES_DB"
  for file in /docker-entrypoint-initdb.d/*; do as_postgres "$file"; done
  as_postgres pg_ctl --wait stop
fi
exec setpriv --reuid postgres --regid postgres --init-groups "$@" -c 'listen_addresses=*'
