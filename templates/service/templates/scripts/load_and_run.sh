#!/bin/bash
# Load {{ module.name }}, then become the daemon: a launcher that ends would restart for ever.
set -euo pipefail

{% include "scripts/load.inc" %}

exec {{ script.exec | command }}
