#!/bin/sh
# A role for each service, none of them a superuser, over TLS only. Runs once, when the database is new.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres --dbname gatehouse \
  --set auth_password="$GATEHOUSE_AUTH_POSTGRES_PASSWORD" \
  --set environment_password="$GATEHOUSE_ENVIRONMENT_POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE gatehouse_auth LOGIN PASSWORD :'auth_password';
CREATE ROLE gatehouse_environment LOGIN PASSWORD :'environment_password';
REVOKE ALL ON DATABASE gatehouse FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE gatehouse TO gatehouse_auth, gatehouse_environment;
SQL
sed -i 's/^host all all all/hostssl all all all/' "$PGDATA/pg_hba.conf"
