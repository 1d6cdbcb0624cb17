# Run a command on a file system of its own: one directory may be written, what is given read; nothing else is there.
# usage: sh confined.sh programs|containers EMPTY WORK CWD READABLE... -- COMMAND...
# as root of new mount, network and pid namespaces; EMPTY is a directory to mount the file system at.
# `programs` drops every capability. `containers` makes the command root of a user namespace whose numbers are
# nobody's on the host: WORK has to belong to the first of them, $FIRST_ID. It reads our standard input; when that
# ends, because the caller closes it or is killed, so does all that runs here.
set -eu
kind=$1 new=$2 work=$3 cwd=$4
shift 4
exec 3<&0

place() { # SOURCE: make the place below $new that SOURCE is mounted at
  if [ -d "$1" ]; then
    [ -d "$new$1" ] || mkdir -p "$new$1"
  elif [ ! -e "$new$1" ]; then
    mkdir -p "$new${1%/*}"
    : > "$new$1"
  fi
}

readable() { # SOURCE [TARGET]: with what is mounted below it, which a user may not leave out
  target=$new${2:-$1}
  mount --rbind "$1" "$target"
  mount -o remount,bind,ro "$target"
  while read -r _ _ _ _ point _; do
    case $point in "$target"/*)
      point=$(printf '%b' "$point") # a space is \040 there
      [ ! -e "$point" ] || mount -o remount,bind,ro "$point" ;;
    esac
  done </proc/self/mountinfo
}

mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$new"
for directory in /dev/shm /tmp /run /var/tmp; do
  mkdir -p "$new$directory"
  mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$new$directory"
done
while [ "$1" != -- ]; do
  if [ -L "$1" ] && [ -z "${1%/*}" ]; then # /bin, of a system that has it in /usr
    cp -P "$1" "$new$1"
  elif [ -e "$1" ]; then
    place "$1"
    readable "$1"
  fi
  shift
done
shift

mkdir "$new/proc" "$new/old"
for device in null zero full random urandom tty; do
  place "/dev/$device"
  mount --bind "/dev/$device" "$new/dev/$device"
done
ln -s /proc/self/fd "$new/dev/fd"
mount -t proc proc "$new/proc"
if [ "$kind" = containers ]; then
  mkdir "$new/dev/pts" "$new/dev/mqueue" "$new/sys"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$new/dev/pts"
  ln -s pts/ptmx "$new/dev/ptmx"
  mount -t mqueue mqueue "$new/dev/mqueue"
  mount --bind /sys "$new/sys"
else # root is root there too, without capabilities
  for file in acpi bus fs irq scsi sys sysrq-trigger; do
    [ ! -e "$new/proc/$file" ] || readable "$new/proc/$file" "/proc/$file"
  done
fi
place "$work"
mount --bind "$work" "$new$work"

cd "$new"
(PATH=$PATH:/usr/sbin:/sbin && pivot_root . old)
umount -l /old
mount -o remount,bind,ro /
cd "$cwd"
if [ "$kind" = programs ]; then
  (cat >/dev/null; kill -s KILL -- -1) <&3 3<&- &
  status=0
  setpriv --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@" </dev/null 3<&- || status=$?
  exit "$status"
fi

unshare --user sleep infinity &
user_namespace=/proc/$!/ns/user
while [ "$(readlink "$user_namespace")" = "$(readlink /proc/self/ns/user)" ]; do
  sleep 0.01
done
for ids in uid_map gid_map; do
  echo "0 $FIRST_ID 65536" > "/proc/$!/$ids"
done

# a control group that it may divide
mount -t cgroup2 cgroup2 /old
group=/old/$GROUP
mkdir "$group" "$group/own"
for name in . cgroup.procs cgroup.subtree_control cgroup.threads own own/cgroup.procs; do
  chown "$FIRST_ID" "$group/$name"
done
mkfifo -m 600 /tmp/commands
(
  while IFS= read -r line; do
    printf '%s\n' "$line"
  done
  kill -s KILL -- -1
) <&3 3<&- >/tmp/commands &
(
  echo 0 > "$group/cgroup.procs"
  exec nsenter --user="$user_namespace" -- \
    unshare --cgroup --mount --net --pid --ipc --uts --fork --kill-child --mount-proc -- \
    /bin/sh -euc 'mount -t cgroup2 cgroup2 /sys/fs/cgroup; echo 0 > /sys/fs/cgroup/own/cgroup.procs; exec "$@"' \
    sh "$@"
) </tmp/commands 3<&- || true
for _ in 1 2 3 4 5 6 7 8 9 10; do # what was killed takes a moment to go
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
  sleep 0.2
done
