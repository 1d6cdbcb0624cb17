#!/bin/bash
# Install the kernel module stora_block into an overcloud image.
# usage: install-module.sh [--dry-run] [IMAGE]
# IMAGE is a disk image or the directory of it, the current one unless given. A second run changes nothing.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
marker=/var/lib/stora-systems-modules.sha256
dry_run=false
if [ "${1:-}" = --dry-run ]; then
  dry_run=true
  shift
fi
if [ $# -gt 1 ] || [[ ${1:-} == -* ]]; then
  sed -n '3s/^# //p' "$0" >&2
  exit 2
fi
export LIBGUESTFS_BACKEND=${LIBGUESTFS_BACKEND:-direct} # an undercloud runs no libvirtd

fail() {
  echo "$1" >&2
  exit 1
}

# of the images in a directory, the one that "openstack overcloud image upload" takes; the first where there is none
taken() {
  local name
  for name in overcloud-hardened-uefi-full.qcow2 overcloud-full.qcow2 overcloud-hardened-uefi-full.qcow2; do
    [ ! -f "$1/$name" ] || break
  done
  echo "$1/$name"
}
image=${1:-.}
[ ! -d "$image" ] || image=$(taken "${image%/}")

files=(
  "$here"/host/stora-systems.repo
  "$here"/host/kmod-stora-3.0-1.el8.x86_64.rpm
)
# shellcheck disable=SC2016  # the image's own shell expands it
found='kernel=$(ls /lib/modules | sed "s/\.el/~&/" | sort -V | tail -n 1 | tr -d "~"); for module in stora_block; do modinfo -k "$kernel" "$module" >/dev/null || { echo "$module: not there for kernel $kernel of the image" >&2; exit 1; }; done'
steps=(
  --upload "$here"/host/stora-systems.repo:/etc/yum.repos.d/stora-systems.repo
  --mkdir /var/tmp/modules
  --upload "$here"/host/kmod-stora-3.0-1.el8.x86_64.rpm:/var/tmp/modules/kmod-stora-3.0-1.el8.x86_64.rpm
  --run-command 'dnf install -y /var/tmp/modules/*.rpm'
  --delete /var/tmp/modules
  --run-command "$found"
)

for file in "${files[@]}"; do
  [ -f "$file" ] || fail "missing: $file"
done
# what would be done, and with which files: the same again is nothing to do
sum=$(printf '%s\n' "${steps[@]//"$here"/.}" | cat - "${files[@]}" | sha256sum | cut -d ' ' -f 1)

if $dry_run; then
  printf 'LIBGUESTFS_BACKEND=%q virt-customize -a %q' "$LIBGUESTFS_BACKEND" "$image"
  printf ' \\\n  %q' "${steps[@]}" --write "$marker:$sum" --selinux-relabel
  echo
  exit
fi

for tool in virt-customize virt-cat; do
  command -v "$tool" >/dev/null || fail "$tool is not installed: sudo dnf install -y libguestfs-tools-c"
done
[ -f "$image" ] || fail "$image: no such image; give overcloud-hardened-uefi-full.qcow2 or overcloud-full.qcow2, or the directory that has it: ~/images on an undercloud"
upload="openstack overcloud image upload --image-path $(dirname "$image") --update-existing"
[ "$image" -ef "$(taken "$(dirname "$image")")" ] || upload+=" --os-image-name ${image##*/}"
image=$(readlink -f "$image")
exec 9<"$image"
flock -n 9 || fail "$image: another run is at work on it"
if command -v qemu-img >/dev/null && ! qemu-img info "$image" >/dev/null; then
  fail "$image: in use, or no disk image"
fi
if [ "$(virt-cat -a "$image" "$marker" 2>/dev/null)" = "$sum" ]; then
  echo "$image: has it already"
  exit
fi

# the image is replaced at the end only, so that a failure leaves it as it was
new=$image.new
trap 'rm -f "$new"' EXIT
cp -p --sparse=always "$image" "$new"
virt-customize -a "$new" "${steps[@]}" --write "$marker:$sum" --selinux-relabel || fail "$image: unchanged, since virt-customize failed"
mv "$new" "$image"
echo "$image: done; upload it with: $upload"
