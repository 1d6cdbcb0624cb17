#!/bin/sh
# patch in a stand-in base image, as `patch -d DIRECTORY -N -p1 -i FILE`: that of busybox knows no -d.
if [ "$1" = -d ]; then
  cd "$2" || exit 2
  shift 2
fi
exec busybox patch "$@"
