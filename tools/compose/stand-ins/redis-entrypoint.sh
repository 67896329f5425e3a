#!/bin/sh
# Does what the entry point of the official image does, as far as docker/compose.yaml relies on it: the server, and nothing else,
# leaves the account of root, and keeps its files to itself.
set -eu
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis {} +
  exec setpriv --reuid redis --regid redis --clear-groups "$0" "$@"
fi
umask 077
exec "$@"
