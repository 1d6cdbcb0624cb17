"""What generated files call things: the product by its own name, the vendor once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from scaffold import answers
from scaffold.pipeline import plan

ROOT = Path(__file__).parent.parent


def made(*settings: str) -> dict[str, str]:
    document = answers.load("", "answers.yaml").with_settings(settings)
    files = plan(answers.check(document)).rendered
    return {path: file.content.decode() for path, file in files.items()}


@pytest.mark.parametrize("release", ["13", "16.2", "17.1"])
@pytest.mark.parametrize("integration", ["service", "image", "config"])
def test_a_product_is_called_by_its_name(release: str, integration: str) -> None:
    files = made(f"release={release}", "service_name=acme-agent", f"integration={integration}")
    named = [path for path, text in files.items() if f"Red Hat OpenStack Platform {release}" in text]
    assert "README.md" in named
    assert not [path for path, text in files.items() if re.search("TripleO (Queens|Train|Wallaby)", text)]


@pytest.mark.parametrize(
    ("service", "vendor", "title"),
    [
        ("acme-agent", "Acme", "Acme agent"),
        ("vendorx-backup-agent", "Vendor X", "Vendor X backup agent"),
        ("stora-agent", "Stora Systems", "Stora Systems agent"),
        ("agent", "Acme", "Acme agent"),
        ("acme", "Acme", "Acme"),
    ],
)
def test_the_vendor_is_named_once(service: str, vendor: str, title: str) -> None:
    files = made(f"service_name={service}", f"vendor={vendor}", "release=17.1")
    assert f'summary="{title}"' in files[f"containers/{service}/Dockerfile"]
    assert f"- `{service}`: {title}, a service of its own" in files["README.md"]


def test_an_image_says_what_it_is_made_of() -> None:
    files = made("service_name=acme-cinder", "integration=image", "release=13")
    words = 'description="cinder-volume of Red Hat OpenStack Platform 13 with Acme cinder"'
    assert words in files["containers/acme-cinder/Dockerfile"]


def test_a_repository_of_an_image_has_nothing_of_services() -> None:
    files = made("service_name=acme-cinder", "integration=image")
    for path in ("Makefile", "README.md", "scripts/preflight.py"):
        assert not re.search("roles_data|--roles|overlay", files[path], re.IGNORECASE), path


def test_names_are_code_in_the_readme() -> None:
    asked = ["service_name=acme-agent", "integration=config"]
    asked += ["kernel_module={name: acme_net, delivery: host, rpm_files: [kmod-acme_net.rpm]}"]
    readme = made(*asked)["README.md"]
    assert "\n## The kernel module `acme_net`\n" in readme
    assert "Put `kmod-acme_net.rpm` into `host/`. Before the deployment it goes into" in readme


# a private dialect -> the field's words
UNWANTED = {
    r"stands? over\b": "overrides",
    r"\bleaves? with \d": "exits",
    r"without a word": "silently",
    r"\bfor ever\b": "in a loop",
    r"\b(is|are|was|were|been) told\b": "is reported",
    r"\b(he|him|his)\b": "it: a vendor is no person",
    r"\bpass(es|ed) over\b": "ignores",
    r"\bsays (?=[A-Z]+_|a command|restart)": "sets",
    r"in the way\b(?! (that|to|it|out)\b)": "occupies",
    r"nobody else": "private, or no other",
    r"spelled just so": "with this exact name",
    r"would be there twice": "would be written twice",
    r"tampered": "has an invalid entry",
    r"\bany more\b": "no longer",
    r"again and again": "in a loop",
    r"tak(es?|ing) the place of": "replaces",
    r"\bsuffices?\b": "is enough",
    r"\bone's own\b": "your own",
    r"stood in for\b": "is a stand-in",
    r"finds? no fault": "passes",
}
PROSE = [
    *sorted(path for path in (ROOT / "scaffold").rglob("*") if path.suffix in (".py", ".yaml", ".sh")),
    *sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file()),
    *(ROOT / f"{name}.md" for name in ("README", "ARCHITECTURE", "CONTRIBUTING", "RECIPES", "ANSWERS")),
]


@pytest.mark.parametrize("unwanted", UNWANTED)
def test_texts_are_in_the_words_of_the_field(unwanted: str) -> None:
    """In messages, help, docstrings, generated files and documentation alike."""
    words = re.compile(unwanted.replace(" ", r"\s+"))
    found = {}
    for path in PROSE:
        text = path.read_text("utf-8")
        lines = [text.count("\n", 0, match.start()) + 1 for match in words.finditer(text)]
        if lines:
            found[str(path.relative_to(ROOT))] = lines
    assert found == {}, f"better: {UNWANTED[unwanted]}"


def test_a_docstring_marks_code_in_one_way() -> None:
    paths = [
        *(ROOT / "scaffold").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / ".ci").glob("*.py"),
    ]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in paths}
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    said = {
        (path.name, node.name if not isinstance(node, ast.Module) else ""): ast.get_docstring(node) or ""
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    }
    assert [place for place, text in said.items() if "``" in text] == []


def test_the_glossary_has_the_words_that_everything_is_told_in() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Words")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", table, re.MULTILINE))
    words = {word for row in rows for word in row.split(", ")}
    asked = "answer constraint rule finding problem place fault release platform base ours theirs pristine"
    assert {*asked.split(), "rendering", "plan", "transaction", "rehearsal", "engine", "model"} <= words
    named = {name for text in rows.values() for name in re.findall(r"`([A-Z][a-z]\w+)`", text)}
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "scaffold").rglob("*.py"))
    assert named
    assert not [name for name in named if f"class {name}" not in code]
