#!/bin/sh
# The runtime that podman calls: crun, with two corrections to what podman asks for.
# Podman gives a read-only container writable /run, /tmp and /var/tmp on top; Docker does not. What docker-compose.yml
# mounts itself has a size.
# And root without CAP_SYS_RESOURCE may not raise ulimits: crun gives up where it should, so they stay as they are.
set -eu
mounts='.mounts |= map(select((.type == "tmpfs" and (.options | index("tmpcopyup") and (any(startswith("size=")) | not))) | not))'
may_raise_limits=16777216 # CAP_SYS_RESOURCE, bit 24
capabilities=$(sed -n 's/^CapEff:\s*//p' /proc/self/status)
if [ $((0x$capabilities & may_raise_limits)) -eq 0 ]; then
  limits='del(.process.rlimits, .rlimits)'
else
  limits='.'
fi

previous=
for word in "$@"; do
  case $previous in
    -b | --bundle) file=$word/config.json filter="$mounts | $limits" ;;
    -p | --process) file=$word filter=$limits ;;
    *) file= ;;
  esac
  if [ -n "$file" ]; then
    jq "$filter" "$file" >"$file.new"
    mv "$file.new" "$file"
  fi
  previous=$word
done
exec /usr/bin/crun "$@"
