"""scripts/install-module.sh: the module goes into the overcloud image whole, once, or not at all."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold import answers, project
from scaffold.pipeline import plan

NEEDED = ["bash", "cat", "cp", "cut", "dirname", "flock", "mv", "readlink", "rm", "sed", "sha256sum"]
# an image is a text here, and holds what was done to it; virt-customize and virt-cat know no more of it
TOOLS = {
    "virt-customize": 'echo "$LIBGUESTFS_BACKEND" >backend; '
    'image=$2; shift 2; printf "%s\\n" "$@" >>"$image"; [ ! -e "$BROKEN" ]',
    "virt-cat": 'sed -n "s|^$3:||p" "$2"',
    "qemu-img": '[ ! -e "$2.vm" ]',
}
MARKER = "/var/lib/acme-modules.sha256"
MODULES = {
    "packages": "{name: acme_mod, packages: [kmod-acme, acme-tools]}",
    "files": "{name: acme_mod, rpm_files: [kmod-acme.rpm], repo_files: [acme.repo], scope: all}",
    "repository": "{name: acme-mod, packages: [kmod-acme], repository: {baseurl: 'https://a.example/el8', "
    "gpgkey: 'https://a.example/key'}}",
    "dkms": "{name: acme_mod, rpm_files: [acme-dkms.rpm], dkms: true}",
}


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A repository below made/, the image beside it, and a PATH of its own."""
    make(tmp_path / "made", MODULES[getattr(request, "param", "files")])
    (tmp_path / "made/host").mkdir(exist_ok=True)
    for name in ("kmod-acme.rpm", "acme.repo"):
        (tmp_path / "made/host" / name).write_text(f"{name}\n")
    (tmp_path / "bin").mkdir()
    for name in NEEDED:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    for name, body in TOOLS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/bash\n{body}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "images").mkdir()
    (tmp_path / "images/full.qcow2").write_text("image\n")
    return tmp_path


def make(target: Path, module: str, *more: str) -> None:
    settings = ["service_name=acme-agent", "integration=config", f"kernel_module={module}", *more]
    project.create(
        target, plan(answers.check(answers.load("", "answers.yaml").with_settings(settings))).rendered
    )


def install(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["made/scripts/install-module.sh", *(arguments or ["images/full.qcow2"])],
        cwd=folder,
        env={"PATH": str(folder / "bin"), "BROKEN": str(folder / "broken")} | environment,
        capture_output=True,
        text=True,
    )


def images(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (folder / "images").iterdir()}


def test_it_uploads_installs_checks_marks_and_relabels(folder: Path) -> None:
    done = install(folder)
    assert done.returncode == 0, done.stderr
    assert "overcloud image upload" in done.stdout
    _, *steps, write, marker, relabel = images(folder)["full.qcow2"].splitlines()
    host = f"{folder}/made/host"
    modules = "/var/tmp/modules"
    assert steps[:8] == [
        *("--upload", f"{host}/acme.repo:/etc/yum.repos.d/acme.repo"),
        *("--mkdir", modules, "--upload", f"{host}/kmod-acme.rpm:{modules}/kmod-acme.rpm"),
        *("--run-command", f"dnf install -y {modules}/*.rpm"),
    ]
    assert steps[8:11] == ["--delete", modules, "--run-command"]
    assert 'modinfo -k "$kernel" "$module"' in steps[11]
    assert (write, marker.partition(":")[0], relabel) == ("--write", MARKER, "--selinux-relabel")


def test_the_module_must_fit_the_newest_kernel_of_the_image(folder: Path) -> None:
    """sort -V alone puts 305.el8 last."""
    install(folder)
    step = next(line for line in images(folder)["full.qcow2"].splitlines() if "modinfo -k" in line)
    for name, body in (
        ("ls", "printf '4.18.0-305.%s.x86_64\\n' 12.1.el8_4 7.1.el8_4 el8"),
        ("modinfo", f'echo "$2" >{folder}/k'),
    ):
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / "bin" / name).chmod(0o755)
    subprocess.run(["sh", "-c", step], env={"PATH": f"{folder}/bin:{os.environ['PATH']}"}, check=True)
    assert (folder / "k").read_text() == "4.18.0-305.12.1.el8_4.x86_64\n"


def test_the_dry_run_prints_exactly_what_a_run_does(folder: Path) -> None:
    before = images(folder)
    dry = install(folder, "--dry-run", "images/full.qcow2")
    assert (dry.returncode, dry.stderr, images(folder)) == (0, "", before)
    install(folder)
    words = shlex.split(dry.stdout.replace("\\\n", ""))
    assert words[:4] == ["LIBGUESTFS_BACKEND=direct", "virt-customize", "-a", "images/full.qcow2"]
    assert words[4:] == images(folder)["full.qcow2"].splitlines()[1:]


def test_a_second_run_changes_nothing_and_a_new_file_is_installed(folder: Path) -> None:
    install(folder)
    once = images(folder)
    again = install(folder)
    assert (again.returncode, "has it already" in again.stdout, images(folder)) == (0, True, once)
    (folder / "made/host/kmod-acme.rpm").write_text("newer\n")
    assert install(folder).returncode == 0
    assert images(folder) != once


def test_owner_mode_and_link_are_kept(folder: Path) -> None:
    image = folder / "images/full.qcow2"
    (folder / "images/link").symlink_to("full.qcow2")
    image.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(image, 4242, 4243)
    before = image.stat()
    assert install(folder, "images/link").returncode == 0
    after = image.stat()
    assert after.st_size > before.st_size
    assert [after.st_mode, after.st_uid, after.st_gid] == [before.st_mode, before.st_uid, before.st_gid]
    assert (folder / "images/link").is_symlink()


FULL, HARDENED = "overcloud-full.qcow2", "overcloud-hardened-uefi-full.qcow2"
TAKEN = {  # by release: what lies in the directory, and what upload takes of it
    "rocky": ([FULL, HARDENED], FULL),
    "16.2": ([FULL], FULL),
    "wallaby": ([FULL], FULL),
    "17.0": ([HARDENED], HARDENED),
    "17.1": ([FULL, HARDENED], HARDENED),
}


@pytest.mark.parametrize("release", TAKEN)
def test_of_a_directory_it_takes_the_image_that_upload_takes(release: str, folder: Path) -> None:
    there, taken = TAKEN[release]
    shutil.rmtree(folder / "made")
    make(folder / "made", MODULES["packages"], f"release={release}")
    for name in there:
        (folder / "images" / name).write_text("image\n")
    before = images(folder)
    assert (
        f"undercloud: `{FULL if release in ('rocky', '16.2') else HARDENED}`"
        in (folder / "made/README.md").read_text()
    )
    assert f"images/{taken} " in install(folder, "--dry-run", "images/").stdout
    done = install(folder, "images")
    assert done.returncode == 0, done.stderr
    assert [name for name, text in images(folder).items() if text != before[name]] == [taken]
    assert done.stdout.endswith(": openstack overcloud image upload --image-path images --update-existing\n")


def test_an_image_that_upload_would_not_take_is_named_to_it(folder: Path) -> None:
    (folder / "images" / HARDENED).write_text("image\n")
    (folder / "images" / FULL).write_text("image\n")
    done = install(folder, f"images/{FULL}")
    assert done.stdout.endswith(f" --image-path images --update-existing --os-image-name {FULL}\n")


@pytest.mark.parametrize(("asked", "used"), [({}, "direct"), ({"LIBGUESTFS_BACKEND": "libvirt"}, "libvirt")])
def test_libguestfs_works_without_libvirt_unless_asked(
    asked: dict[str, str], used: str, folder: Path
) -> None:
    assert install(folder, **asked).returncode == 0
    assert (folder / "backend").read_text() == f"{used}\n"
    assert install(folder, "--dry-run", **asked).stdout.startswith(
        f"LIBGUESTFS_BACKEND={used} virt-customize"
    )


REFUSED = {  # what is done before, the arguments, and what must be said
    "virt-customize": ("rm bin/virt-customize", [], "virt-customize is not installed: sudo dnf install"),
    "virt-cat": ("rm bin/virt-cat", [], "virt-cat is not installed"),
    "image": ("true", ["images/none.qcow2"], "images/none.qcow2: no such image"),
    "no image": ("true", ["images"], f"images/{HARDENED}: no such image; give {HARDENED} or {FULL}"),
    "file": ("rm made/host/kmod-acme.rpm", [], "made/host/kmod-acme.rpm"),
    "file, dry run": ("rm made/host/acme.repo", ["--dry-run"], "missing: "),
    "in use": ("touch images/full.qcow2.vm", [], "full.qcow2: in use, or no disk image"),
    "virt-customize fails": ("touch broken", [], "full.qcow2: unchanged, since virt-customize failed"),
    "option": ("true", ["--force"], "usage: install-module.sh [--dry-run] [IMAGE]"),
    "two images": ("true", ["a", "b"], "usage: install-module.sh"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason_and_the_image_as_it_was(case: str, folder: Path) -> None:
    before, arguments, words = REFUSED[case]
    subprocess.run(["sh", "-c", before], cwd=folder, check=True)
    kept = images(folder)
    done = install(folder, *arguments)
    assert done.returncode == (2 if "usage" in words else 1)
    assert words in done.stderr
    assert images(folder) == kept


def test_two_runs_at_once_are_refused(folder: Path) -> None:
    with (folder / "images/full.qcow2").open() as image:
        fcntl.flock(image, fcntl.LOCK_EX)
        done = install(folder)
    assert (done.returncode, "another run is at work" in done.stderr) == (1, True)


@pytest.mark.parametrize("folder", MODULES, indirect=True)
def test_every_form_is_clean_and_names_its_module(folder: Path) -> None:
    shellcheck = str(Path(sys.executable).with_name("shellcheck"))
    script = folder / "made/scripts/install-module.sh"
    done = subprocess.run([shellcheck, script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    (folder / "made/host/acme-dkms.rpm").touch()
    (folder / "bin/virt-customize").unlink()  # a dry run needs no tool
    steps = shlex.split(install(folder, "--dry-run").stdout)
    assert any("for module in acme" in step for step in steps)
    assert any(step.startswith("dnf install -y ") for step in steps)
