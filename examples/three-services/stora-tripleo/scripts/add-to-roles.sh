#!/bin/bash
# Put a service into roles of the operator's own roles file; what is there already stays as it is.
# usage: add-to-roles.sh ROLES_DATA SERVICE ROLE...
set -euo pipefail

if [ $# -lt 3 ]; then
  sed -n '3s/^# //p' "$0" >&2
  exit 2
fi
file=$1 service=$2
shift 2
if [ ! -w "$file" ]; then
  echo "$file: no such roles file; make one: openstack overcloud roles generate -o $file Controller Compute" >&2
  exit 1
fi

for role in "$@"; do
  new=$(mktemp)
  status=0
  awk -v role="$role" -v service="$service" '
    /^- name:/ { name = $3; gsub(/["'\'']/, "", name); inside = (name == role); listing = 0 }
    inside { found = 1 }
    inside && listing && $1 == "-" && $2 == service { present = 1 }
    { lines[NR] = $0 }
    inside && /^ +ServicesDefault:/ { listing = 1; at = NR }
    END {
      if (!found || !at) exit 3
      for (n = 1; n <= NR; n++) {
        print lines[n]
        if (n == at && !present) {
          match(lines[n + 1], /^ */)
          printf "%*s- %s\n", RLENGTH, "", service
        }
      }
    }' "$file" > "$new" || status=$?
  if [ "$status" -ne 0 ]; then
    rm -f "$new"
    echo "$file: no role $role with a ServicesDefault list" >&2
    exit 1
  fi
  cat "$new" > "$file"
  rm -f "$new"
  echo "$file: $service is in role $role"
done
