#!/bin/bash
# kolla runs this script; it ends in the daemon, which then gets the container's signals.
set -euo pipefail

exec {{ script.exec | command }}
