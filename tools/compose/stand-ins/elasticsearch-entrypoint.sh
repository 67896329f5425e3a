#!/bin/bash
# Does what the entry point of the official image does, as far as docker/compose.yaml relies on it:
# settings out of variables with dots in their names (which other shells drop), and the password of the user elastic.
set -eu
cd /usr/share/elasticsearch
printf %s "$ELASTIC_PASSWORD" | bin/elasticsearch-keystore add --stdin --force bootstrap.password
set --
for setting in $(env | grep -E '^[a-z_]+(\.[a-z_]+)+=' || true); do set -- "$@" "-E$setting"; done
exec bin/elasticsearch "$@"
