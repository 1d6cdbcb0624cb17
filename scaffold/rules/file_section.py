"""The top-level sections of a template or environment file are ones that Heat accepts.

Why: Heat refuses a file with any other: "environment has wrong section". Where the client merges environment
files before, the section is silently ignored, and so is one that slipped under another.

Bad::

    parameters_default:
      VendorxServer: vendorx.example.com

Good::

    parameter_defaults:
      VendorxServer: vendorx.example.com

Source: SECTIONS of heat/common/environment_format.py and of heat/engine/hot/template.py of openstack-heat.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.documents import EnvironmentFile, HeatTemplate, ServiceTemplate, YamlDocument
from scaffold.documents.nodes import Table, text_of
from scaffold.lint import Rule
from scaffold.lint.problems import Finding
from scaffold.lint.repository import Repository
from scaffold.tripleo.heat import ENVIRONMENT_SECTIONS, TEMPLATE_SECTIONS
from scaffold.unknown import STRICT, did_you_mean, meant, nearest


def check(document: YamlDocument, repository: Repository) -> Iterator[Finding]:
    """Look at the keys at the top, and for sections among those of other sections."""
    if isinstance(document, HeatTemplate):
        yield from _unknown(document, "a template", TEMPLATE_SECTIONS)
        if not isinstance(document, ServiceTemplate):
            for key in document.root.table("outputs").keys.values():
                if key.text != "role_data" and nearest(key.text, ["role_data"], STRICT):
                    yield Finding(key, f"no role reads the output {key.text}", meant("role_data"))
    elif isinstance(document, EnvironmentFile) and not _filled_in(document):
        yield from _unknown(document, "an environment file", sorted(ENVIRONMENT_SECTIONS))
        for above, section in document.root.pairs:
            for key in section.keys.values() if isinstance(section, Table) else ():
                if key.text in ENVIRONMENT_SECTIONS:
                    yield Finding(
                        key, f"{key.text} stands inside {above.text}", "begin it at the left margin"
                    )


def _filled_in(environment: EnvironmentFile) -> bool:
    """Whether another tool makes an environment of it: paths of its templates are variables of Ansible."""
    return any("{{" in (text_of(path) or "") for path in environment.registry.entries.values())


def _unknown(document: YamlDocument, what: str, sections: tuple[str, ...] | list[str]) -> Iterator[Finding]:
    unknown = [key for key, _ in document.root.pairs if key.text not in sections]
    hints = {key.text: did_you_mean(key.text, sections, STRICT) for key in unknown}
    of_others = isinstance(document, EnvironmentFile) and 2 * len(unknown) > len(document.root.pairs)
    if of_others and not any(hints.values()):
        return  # variables of another tool, as of Ansible, one of which has the name of a section
    for key in unknown:
        yield Finding(key, f"{what} has no section {key.text}", hints[key.text])


RULE = Rule(id="file-section", page=__doc__, files=YamlDocument, check=check)
