#!/bin/sh
# enter.sh ROOT PROJECT COMMAND...: runs a command in ROOT as its whole system, with the project at /project.
# Whatever it mounts is seen by nobody else and is gone when the command ends; what it writes to /project is, too.
# Called by `unshare --mount --pid --fork`.
set -eu
root=$1 project=$2
shift 2

mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"

mkdir -p "$root/project" "$root/old-root" "$root/run/upper" "$root/run/work"
mount -t overlay overlay -o "lowerdir=$project,upperdir=$root/run/upper,workdir=$root/run/work" "$root/project"

# A machine that still runs cgroups of version 1, maybe beside version 2, is shown as one of version 1 alone, which
# the container runtime can handle.
cgroups=$root/sys/fs/cgroup
if [ "$(stat --file-system --format=%T /sys/fs/cgroup)" != cgroup2fs ]; then
  umount --recursive "$cgroups"
  mount -t tmpfs tmpfs "$cgroups"
  while IFS=: read -r _ controllers _; do
    case $controllers in '' | name=*) continue ;; esac
    mkdir "$cgroups/$controllers"
    mount -t cgroup -o "$controllers" cgroup "$cgroups/$controllers"
    for one in $(echo "$controllers" | tr , ' '); do
      [ -e "$cgroups/$one" ] || ln -s "$controllers" "$cgroups/$one"
    done
  done </proc/self/cgroup
fi

cd "$root"
pivot_root . old-root
cd /
umount --lazy /old-root
exec "$@"
