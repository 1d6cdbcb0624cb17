#!/bin/bash
# Wait for the loader container to load {{ module.name }}, then become the daemon.
set -euo pipefail

for _ in $(seq 60); do
  if [ -d {{ module.sysfs }} ]; then
    exec {{ script.exec | command }}
  fi
  sleep 1
done
echo "{{ module.name }} is not loaded after 60 s: see the logs of {{ service.name.snake }}_loader" >&2
exit 1
