"""What generated files call things: the product by its own name, the vendor once."""

from __future__ import annotations

import re

import pytest

from scaffold import answers
from scaffold.pipeline import plan


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
    assert "`kernel_module: {install: deployment}`" in readme
