"""Print the parameters that image prepare makes: DATA ENVIRONMENT ROLES.

Runs under `install.venv("tripleo")` with one tripleo-common on the path. DATA is what its wheel would put
below sys.prefix, where it looks for the list of its images. Nothing is fetched or pushed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml


def main(data: str, environment: str, roles: str) -> None:
    """Work them out as the deployment does."""
    sys.prefix = data
    from tripleo_common.image import kolla_builder

    given = [yaml.safe_load(Path(path).read_text()) for path in (environment, roles)]
    print(json.dumps(kolla_builder.container_images_prepare_multi(*given, dry_run=True)))


if __name__ == "__main__":
    main(*sys.argv[1:])
