"""What a rehearsal will take, said before it takes it: downloads, root, programs of the distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scaffold.verify import install
from scaffold.verify.containers import building
from scaffold.verify.findings import Unavailable
from scaffold.verify.needs import Needs
from scaffold.verify.rehearsal import Rehearsal
from scaffold.verify.rehearse import Engine


@dataclass(frozen=True)
class Forecast:
    """download, disk: megabytes. pieces: what they are for. lacking: what ENGINES want of this machine."""

    directory: str
    download: int
    disk: int
    pieces: Sequence[str]
    images: int
    engines: Sequence[str]
    lacking: Unavailable | None

    @property
    def lines(self) -> list[str]:
        """The same in words; none where nothing is downloaded and nothing is missing."""
        said = []
        if self.download:
            said.append(
                f"first run: {self.download} MB to download into {self.directory}, {self.disk} MB on disk"
            )
        if self.images:
            stand_in = install.sizes()["stand-in-debs"]["download"]
            said.append(
                f"besides: {self.images} stock image(s) of up to 1 GB each, or {stand_in} MB of packages for "
                "a stand-in where the registry does not answer"
            )
        if self.lacking:
            said.append(f"{', '.join(self.engines)} will not run: {self.lacking.what}")
            said.append(f"to get it: {self.lacking.remedy}")
        return said


def forecast(rehearsal: Rehearsal, engines: Sequence[Engine]) -> Forecast:
    """What ENGINES will take on this repository."""
    needed = {engine.name: engine.needs(rehearsal) for engine in engines}
    unable = [name for name, needs in needed.items() if needs.lacking(rehearsal.root, [name])]
    able = sum((needs for name, needs in needed.items() if name not in unable), Needs())
    wanting = sum((needed[name] for name in unable), Needs())
    waiting = able.waiting
    bases = {image.base for _, image in building.services(rehearsal)} if able.root else set()
    return Forecast(
        directory=str(install.cache_directory()),
        download=round(sum(piece.size["download"] for piece in waiting)),
        disk=round(sum(piece.size["disk"] for piece in waiting)),
        pieces=[piece.name for piece in waiting],
        images=0 if building.never_stock(rehearsal) or not waiting else len(bases),
        engines=unable,
        lacking=wanting.lacking(rehearsal.root, unable),
    )
