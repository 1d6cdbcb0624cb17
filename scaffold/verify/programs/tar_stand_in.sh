#!/bin/sh
# tar in a stand-in base image: it unpacks by gzip and xz, as GNU tar does, and cannot where they are not there
case $1 in
  -*z*) by=gzip ;;
  -*J*) by=xz ;;
  *) by= ;;
esac
if [ -n "$by" ] && ! command -v "$by" > /dev/null; then
  echo "tar (child): $by: Cannot exec: No such file or directory" >&2
  exit 2
fi
exec busybox tar "$@"
