"""The kinds of single values: what each takes and what it says to the rest."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.fields import container_values, places, values
from scaffold.fields.kind import Kind

from .system import installed

KINDS = [kind for module in (values, places) for kind in vars(module).values() if isinstance(kind, Kind)]

TAKEN = [
    (values.SERVICE_NAME, "vendorx-agent ab a1-b2 nova-compute2 notary yes-man"),
    (values.REPO_NAME, "vendorx-tripleo Vendor.X a no"),
    (values.HEAT_PARAMETER, "VendorxPort a A_1 Nova"),
    (values.CONTAINER_NAME, "vendorx_agent 0 a-b"),
    (values.USER, "cinder root _a 0 42400 4294967294"),
    (values.OWNER, "root neutron:neutron root:kolla"),
    (values.ROLE, "Compute ComputeHCI Controller0"),
    (values.KERNEL_MODULE, "dpdk_module vfio-pci 8021q"),
    (values.ENVIRONMENT_NAME, "KOLLA_CONFIG_STRATEGY _a no"),
    (values.LABEL_KEY, "summary io.k8s.display-name com.redhat.component a/b"),
    (values.HIERA_KEY, "cinder::backend::vendorx::host tripleo.vendorx.firewall_rules a"),
    (values.HEAT_FUNCTION, "get_param if str_replace_vstrict digest"),
    (values.DISABLED_SERVICE, "OS::TripleO::Services::CinderBackup"),
    (container_values.UNIT, "tripleo_vendorx.service dev-vx.device a@b.service"),
    (container_values.CAPABILITY, "SYS_MODULE CAP_NET_ADMIN BPF"),
    (container_values.ULIMIT, "nofile=131072 core=-1:-1 memlock=64:128"),
    (places.REGISTRY, "quay.io 192.168.24.1:8787 localhost [fd00::1]:8787 a-b.example:65535"),
    (places.NAMESPACE, "vendorx rhosp-rhel8 a/b/c a__b tripleo.wallaby"),
    (places.IMAGE_NAME, "cinder-volume a_b a.b a--b"),
    (places.TAG, "2.1 latest _ 1.0-12.345 A"),
    (places.IMAGE, "quay.io/a/b:1 192.168.24.1:8787/vendorx/agent:2.1 a/b:latest [::1]:5000/a:b"),
    (places.BASE_IMAGE, "cinder-volume daemon quay.io/tripleo/cinder-volume:current"),
    (places.FILE_NAME, "vendorx_launcher.sh a _x"),
    (places.REPO_FILE, "vendorx.repo a-b.repo"),
    (places.RPM_FILE, "vendorx-agent-2.1-1.x86_64.rpm libc++-1~rc1.rpm"),
    (places.RPM_PATTERN, "vendorx-*.rpm a.rpm *.rpm libc++-1~rc1.rpm"),
    (places.REPO_ID, "rhel-9-for-x86_64-baseos-rpms * acme*"),
    (places.ARCHIVE_URL, "https://a.example/b.tar http://[::1]:80/a/b-2.1.tar.gz https://a/v%2B1/b.tgz"),
    (places.PIP_INDEX, "https://pypi.vendorx.example/simple https://a:8443/"),
    (values.PYTHON_NAME, "vendorx _a A1"),
    (values.PYTHON_PACKAGE, "cinder cinder.volume.drivers"),
    (values.SHA256, "0" * 64),
    (places.PACKAGE, "vendorx-agent gcc-c++ vendorx-1:2.1-3.el8.x86_64"),
    (places.PIP, "vendorx-driver==2.1 a[b,c]==1.0.post1 driver-2.1-py3-none-any.whl driver-2.1.tar.gz"),
    (places.ABSOLUTE_PATH, "/ /etc/vendorx /a..b /var/lib/kolla/config_files/src/*"),
    (places.KEEP_PATTERN, "README.md containers/*/Dockerfile a..b .github/**"),
    (places.VOLUME, "/lib/modules:/lib/modules:ro vendorx:/data /a:/b:rw,z,rshared"),
    (places.PERM, "0755 0600 0o1777 0o644"),
    (values.COMMAND, "/usr/bin/vendorx-agent agent"),
]
REFUSED = [
    (values.SERVICE_NAME, "a No yes off a--b -a a- A cookiecutter 1a a_b a.b"),
    (values.REPO_NAME, ".git - a- ../a a/b"),
    (values.HEAT_PARAMETER, "1a a-b no None a.b Ä"),
    (values.CONTAINER_NAME, "-a A a.b"),
    (values.USER, "Root 4294967295 01 -1 a:b y off"),
    (values.OWNER, "root: :root a:b:c 0:0 root:0"),
    (values.ROLE, "compute Compute-1 1A"),
    (values.KERNEL_MODULE, "-r a.ko a/b"),
    (values.ENVIRONMENT_NAME, "1A A-B A=B"),
    (values.LABEL_KEY, ".a a. a=b"),
    (values.HIERA_KEY, "::a a:b 1a a::"),
    (values.HEAT_FUNCTION, "get_file repeat map_merge equals Ref"),
    (values.DISABLED_SERVICE, "CinderBackup OS::TripleO::Services:: OS::Heat::None"),
    (container_values.UNIT, "-a a/b"),
    (container_values.CAPABILITY, "sys_module SYS_MODULES CAP_ ALL"),
    (container_values.ULIMIT, "nofile nofile= files=1 nofile=a nofile=1:2:3"),
    (places.REGISTRY, "https://quay.io quay.io/a a:0 a:65536 -a a- a:b ::1"),
    (places.NAMESPACE, "A /a a/ a//b a-"),
    (places.IMAGE_NAME, "a/b a:b A a@b"),
    (places.TAG, ".a -a a:b a/b"),
    (places.IMAGE, "a a:b a/b quay.io/a/b quay.io/a/b@sha256:0 a/b:1@sha256:0 quay.io/A/b:1 http://a/b:1"),
    (places.BASE_IMAGE, "a:b quay.io/a/b A a- ../a a@b"),
    (places.FILE_NAME, ". .. -a .a a/b"),
    (places.REPO_FILE, "a .repo -a.repo a/b.repo a.repo.d"),
    (places.RPM_FILE, "a .rpm *.rpm a/b.rpm"),
    (places.RPM_PATTERN, "a .rpm a/*.rpm -*.rpm ?.rpm [a].rpm $a.rpm"),
    (places.REPO_ID, "-a a,b a;b @a"),
    (places.ARCHIVE_URL, "ftp://a/b.tar https://a/b.zip https://u:p@a/b.tar https://a/$b.tar https://b.tar"),
    (places.PIP_INDEX, "http://a/simple https://u:p@a/simple https://a/?b file:///a"),
    (values.PYTHON_NAME, "1a a-b a.b"),
    (values.PYTHON_PACKAGE, ".a a. a..b a/b"),
    (values.SHA256, "0 " + "A" * 64),
    (places.PACKAGE, "-y @core a;b a/b"),
    (places.PIP, "a a>=1 a== git+https://a -r a==* a/b.whl a[]==1"),
    (places.ABSOLUTE_PATH, "a ~ /.. /a/../b /a/.. /a:b ../a"),
    (places.KEEP_PATTERN, "/a ../a a/../b .. a/.. a\\b"),
    (places.VOLUME, "/a /a:b a/b:/c /a:/b:wrong /a:/b: /..:/a /a:/../b /a/..:/b ../a:/b"),
    (places.PERM, "755 0855 00755 rwx 1777 0o8"),
    (values.COMMAND, "-a 'a' $A `id` a|b a;b a&&b a>b *.py ../a a(b) a\\b"),
]


def rows(table: list[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    return [(kind, word) for kind, words in table for word in words.split()]


def ids(table: list[tuple[Kind, str]]) -> list[str]:
    return [f"{kind.name}:{word}" for kind, word in rows(table)]


@pytest.mark.parametrize(("kind", "text"), rows(TAKEN), ids=ids(TAKEN))
def test_taken(kind: Kind, text: str) -> None:
    assert kind.problem(text) is None


@pytest.mark.parametrize(("kind", "text"), rows(REFUSED), ids=ids(REFUSED))
def test_refused(kind: Kind, text: str) -> None:
    problem = kind.problem(text)
    assert problem
    assert problem.startswith("must ")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_example_is_right_and_sentences_are_short(kind: Kind) -> None:
    assert kind.problem(kind.example) is None
    for message in (kind.message, *(hint for _, hint in kind.hints)):
        assert len(message) <= 130
        assert message.startswith("must ")
        assert not message.endswith(".") or message.endswith("..")


@pytest.mark.parametrize("kind", [one for one in KINDS if one.least], ids=lambda kind: kind.name)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\0", " \u200b", "\u202e", "\x1b[0m"])
def test_no_name_ends_in_what_cannot_be_seen(kind: Kind, end: str) -> None:
    assert kind.problem(kind.example + end)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_pattern_is_of_the_subset_that_ecma_262_shares(kind: Kind) -> None:
    assert kind.pattern.startswith("^(?:")
    assert kind.pattern.endswith(r")$(?!\n)")
    assert not re.search(r"\(\?[^:=!]", kind.pattern)
    assert set(re.findall(r"\\(.)", kind.pattern)) <= set(r"un.[]\\")


JUDGE = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([pattern, text]) => new RegExp(pattern, "u").test(text))));
"""


def test_ecma_262_judges_as_python_does() -> None:
    installed("node", "nodejs")
    odd = ["\n", "\u2028", "\u202e", "\u00a0", "\U000e0001", "\U0001f680", "é", " ", "]", "\\", '"']
    texts = [word for _, word in rows(TAKEN + REFUSED)]
    cases = [
        (kind.pattern, text)
        for kind in KINDS
        for text in [*texts, *odd, *(kind.example + one for one in odd)]
    ]
    done = subprocess.run(
        ["node", "-e", JUDGE], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [bool(re.search(pattern, text)) for pattern, text in cases]


@given(st.sampled_from(KINDS), st.text())
def test_any_text_is_judged(kind: Kind, text: str) -> None:
    problem = kind.problem(text)
    assert problem is None or problem.startswith("must ")


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (
            places.IMAGE,
            "a/b@sha256:0",
            "must end in a tag (pacemaker bundles take no digest)",
        ),
        (places.REGISTRY, "http://a", "must be host or host:port, without http:// or https://"),
        (places.REGISTRY, "a/b", "must be host or host:port (what follows the slash is the namespace)"),
        (values.KERNEL_MODULE, "a" * 57, "must be at most 56 characters long (it has 57)"),
        (values.TEXT, "Cafe\u0301", "must be in Unicode's composed form (NFC)"),
        (
            values.COMMAND,
            "a && b",
            "must be plain words, since no shell reads them; for more, name a script in the image",
        ),
    ],
)
def test_the_sentence_fits_the_mistake(kind: Kind, text: str, message: str) -> None:
    assert kind.problem(text) == message


def test_capability_loses_its_prefix() -> None:
    assert container_values.CAPABILITY.normal("CAP_SYS_MODULE") == "SYS_MODULE"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (places.IMAGE, "a-" * 150 + "!"),
        (places.REGISTRY, "a." * 120 + "!"),
        (values.TEXT, " " * 150),
        (places.VOLUME, "/a" * 900 + ":"),
        (places.ABSOLUTE_PATH, "/.a" * 300 + "/.."),
        (places.KEEP_PATTERN, "a/" * 120 + ".."),
    ],
)
def test_no_value_makes_the_patterns_slow(kind: Kind, text: str) -> None:
    assert kind.problem(text)
