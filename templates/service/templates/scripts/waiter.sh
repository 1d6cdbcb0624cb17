#!/bin/bash
# Wait for the loader container to load {{ module.name }}, then become the daemon.
set -euo pipefail

# modprobe knows what an alias stands for, and what is built in, which need not show in /sys/module
{% if module.prefix %}
show() {
  modprobe "$@" --show-depends {{ module.name }} 2>/dev/null | grep -E '^(insmod|builtin) ' | tail -n 1
}
read -r how file _ < <(show || for kernel in {{ module.prefix }}/lib/modules/*; do show -d {{ module.prefix }} -S "${kernel##*/}" && break; done) || true
{% else %}
read -r how file _ < <(modprobe --show-depends {{ module.name }} 2>/dev/null | grep -E '^(insmod|builtin) ' | tail -n 1) || true
{% endif %}
name=${file##*/}
name=${name%%.ko*}
state={{ module.sysfs }}/initstate
[ -z "$name" ] || state=/sys/module/${name//-/_}/initstate

for _ in $(seq 60); do
  if [ "$how" = builtin ] || [ "$(cat "$state" 2>/dev/null)" = live ]; then
    exec {{ script.exec | command }}
  fi
  sleep 1
done
echo "{{ module.name }} is not loaded after 60 s ($state: $(cat "$state" 2>/dev/null || echo none)): see the logs of {{ service.name.snake }}_loader" >&2
exit 1
