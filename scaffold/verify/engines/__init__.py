"""The engines, in the order of a deployment. A new one is a module and a line here."""

from __future__ import annotations

from scaffold.verify.engines import command_line, heat, image, kolla, linters, run, tht
from scaffold.verify.rehearse import Engine

ENGINES = (
    Engine(
        "heat",
        "the stack is created, and role_data says what the answers say",
        heat.needs,
        heat.prepare,
        heat.run,
    ),
    Engine("tht", "the tools of tripleo-heat-templates accept the overlay", tht.needs, tht.prepare, tht.run),
    Engine("kolla", "kolla takes the config of every container", kolla.needs, kolla.prepare, kolla.run),
    Engine(
        "command-line",
        "the host starts each container with the options of the answers",
        command_line.needs,
        command_line.prepare,
        command_line.run,
    ),
    Engine(
        "image",
        "each image is built, pushed, pulled, and is as it should be",
        image.needs,
        image.prepare,
        image.run,
    ),
    Engine(
        "run",
        "each container ends up as its daemon, and needs its privilege",
        run.needs,
        run.prepare,
        run.run,
    ),
    Engine("linters", "the linters of the trade find nothing", linters.needs, linters.prepare, linters.run),
)
NAMES = tuple(engine.name for engine in ENGINES)
