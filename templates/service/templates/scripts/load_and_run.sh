#!/bin/bash
# Load {{ module.name }}, then become the daemon: a launcher that ends would restart in a loop.
set -euo pipefail

{% include "scripts/load.inc" %}

exec {{ script.exec | command }}
