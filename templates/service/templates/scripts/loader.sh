#!/bin/bash
# Load {{ module.name }} at every start of the host, then stay: the container is up as long as the module is wanted.
set -euo pipefail

{% include "scripts/load.inc" %}

exec sleep infinity
