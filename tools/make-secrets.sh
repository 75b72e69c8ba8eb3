#!/bin/sh
# Makes the files in secrets/ that docker-compose.yml mounts, each with a secret of its own. What is there stays.
# The files can be read by all, because each container reads them as a user of its own; the folder only by its owner.
set -eu
cd "$(dirname "$0")/.."
umask 022
mkdir -p secrets
chmod 700 secrets

random() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }
keep_or_put() { [ -s "secrets/$1" ] || printf '%s\n' "$2" >"secrets/$1"; }

keep_or_put postgres_password "$(random)"
keep_or_put database_owner_url "postgresql://sessions:$(cat secrets/postgres_password)@postgres:5432/sessions"
# An earlier version put the owner there. The API and the worker have a role of their own, which owns nothing.
if [ "$(cat secrets/database_url 2>/dev/null)" = "$(cat secrets/database_owner_url)" ]; then rm secrets/database_url; fi
keep_or_put database_url "postgresql://session_engine:$(random)@postgres:5432/sessions"
keep_or_put redis_password "$(random)"
keep_or_put redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
keep_or_put jwt_secret "$(random)"
ls secrets
