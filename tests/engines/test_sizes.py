"""What `verify` says that a first run takes is what it takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from scaffold import releases
from scaffold.releases import engine_versions
from scaffold.verify import host, install, trees
from scaffold.verify.containers import stand_in_base
from scaffold.verify.containers.building import STAND_IN
from scaffold.verify.engines import engines
from scaffold.verify.findings import Unavailable
from scaffold.verify.forecast import forecast
from scaffold.verify.install import Piece
from scaffold.verify.kolla_users import kolla_files
from scaffold.verify.needs import Needs
from scaffold.verify.session import Session

from ..system import container_programs, lacking
from .test_image import rehearsal_of

pytestmark = pytest.mark.engines
SIZES = install.PINS / "sizes.yaml"
HEADER = """\
# Megabytes (10^6 bytes) of each piece of the cache: what is downloaded for it, and what it takes on the disk.
# Measured on x86_64: pytest tests/engines/test_sizes.py --regenerate.
"""
TOLERANCE = 0.25
SLACK = 1.0  # megabytes, for what is small


def pieces() -> list[Piece]:
    found = [install.venv_piece(path.stem) for path in install.PINS.glob("*.txt")]
    for name in releases.NAMES:
        common = install.wheel_piece("tripleo-common", engine_versions(name)["tripleo-common"])
        needs = host.needs(name) + kolla_files(name) + Needs((*trees.pieces(releases.load(name)), common))
        found += needs.pieces
    found.append(stand_in_base.debs_piece())
    return sorted({piece.name: piece for piece in found}.values(), key=lambda piece: piece.name)


def measured(name: str) -> dict[str, float]:
    """Of a piece that is in the cache."""
    directory = install.cache_directory()
    counted = directory / f"{name}.downloaded"
    files = [path.lstat() for path in (directory / name).rglob("*")]
    megabytes = sum(file.st_blocks * 512 for file in files) / 1e6
    debs = sum(path.stat().st_size for path in (directory / name).glob("*.deb"))
    download = (int(counted.read_text()) if counted.exists() else debs) / 1e6
    return {"download": round(download, 1), "disk": round(megabytes, 1)}


def test_every_piece_has_a_size(regenerate: bool) -> None:
    names = [piece.name for piece in pieces()]
    if regenerate:
        here = {name: measured(name) for name in names if (install.cache_directory() / name).is_dir()}
        SIZES.write_text(HEADER + yaml.safe_dump(install.sizes() | here))
        install.sizes.cache_clear()
    assert set(names) == set(install.sizes())


@pytest.mark.parametrize("piece", pieces(), ids=lambda piece: piece.name)
def test_a_size_is_what_was_measured(piece: Piece) -> None:
    try:
        piece.path()
    except Unavailable as missing:
        lacking(missing.what, missing.remedy)
    for key, number in measured(piece.name).items():
        said = piece.size[key]
        assert abs(number - said) <= max(TOLERANCE * said, SLACK), (key, number, said)


@pytest.mark.parametrize("allow_code", [False, True])
def test_a_stock_image_is_foretold_where_one_may_be_pulled(
    allow_code: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container_programs()
    monkeypatch.delenv(STAND_IN, raising=False)
    monkeypatch.setenv("VENDOR_SCAFFOLD_ENGINES", str(tmp_path / "engines"))
    with Session(allow_code=allow_code) as session:
        rehearsal = rehearsal_of({"service_name": "acme-agent"}, tmp_path / "made", session)
        expected = forecast(rehearsal, engines(["image"]))
    said = "\n".join(expected.lines)
    assert ("stock image" in said, "stand-in-debs" in expected.pieces) == (allow_code, not allow_code)


def test_the_readme_says_what_all_engines_take() -> None:
    text = (Path(__file__).parent.parent.parent / "README.md").read_text()
    told = re.search(r"All of them without images: (\d+) MB for Train, (\d+) MB for Wallaby", text)
    assert told
    for release, said in zip(("train", "wallaby"), told.groups(), strict=True):
        needs = host.needs(release) + kolla_files(release)
        needs += Needs(trees.pieces(releases.load(release)))
        needs += Needs((install.venv_piece("heat"), install.venv_piece("linters")))
        real = sum(piece.size["download"] for piece in needs.pieces)
        assert abs(real - int(said)) <= TOLERANCE * real, release
