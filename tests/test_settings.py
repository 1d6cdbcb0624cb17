"""`--set KEY=VALUE`: where it leads, how its value is read, and what it says when it leads nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.answers import NOTHING, check, load
from tests.answering import SERVICE, faults, faults_of, service, values


@pytest.mark.parametrize(
    ("sets", "wanted"),
    [
        (["image_tag=2.10"], {"image_tag": "2.10"}),
        (["roles=[Compute]"], {"roles": ["Compute"]}),
        (["kernel_module=dpdk_module"], {"kernel_module": {"name": "dpdk_module"}}),
        (["kernel_module={name: a, loader: same}"], {"kernel_module": {"name": "a", "loader": "same"}}),
        (["kernel_module=a", "kernel_module.loader=same"],
         {"kernel_module": {"name": "a", "loader": "same"}}),
        (["privileged=true"], {"privileged": True}),
        (["privileged=yes", "privileged=no"], {"privileged": False}),
        (["services.0.step=3"], {"step": 3}),
        (["services[0].step=3"], {"step": 3}),
        (["services.acme-agent.step=3"], {"step": 3}),
        (["labels.io.k8s.display-name=1.0"], {"labels": {"io.k8s.display-name": "1.0"}}),
        (["labels={release: 1.10}"], {"labels": {"release": "1.10"}}),
        (["install.pip=[a==1]", "install.packages=[1.10]"],
         {"install": {"pip": ["a==1"], "packages": ["1.10"]}}),
        (["config_settings.a::b.c=[1, x]"], {"config_settings": {"a::b.c": [1, "x"]}}),
        (["environment.parameter_defaults.A.b.c=1.5"],
         {"environment": {"parameter_defaults": {"A": {"b": {"c": 1.5}}}}}),
        (["upgrade_tasks=[{name: a}]", "upgrade_tasks.0.name=b"], {"upgrade_tasks": [{"name": "b"}]}),
        (["metadata_settings.0=a"], {"metadata_settings": ["a"]}),
        (["containers.0.name=db", "containers.db.command=/bin/sh -c 'a: b'"],
         {"containers": [{"name": "db", "command": "/bin/sh -c 'a: b'"}]}),
        (["containers.0.name=db", "containers.0.command=[a, 1.10]"],
         {"containers": [{"name": "db", "command": ["a", "1.10"]}]}),
        (["container.environment.DEBUG=1.10"], {"container": {"environment": {"DEBUG": "1.10"}}}),
        (["command=/bin/a --b=c"], {"command": "/bin/a --b=c"}),
    ],
)  # fmt: skip
def test_set(sets: list[str], wanted: dict[str, Any]) -> None:
    assert service(*sets) == wanted


def test_set_makes_the_answers_out_of_nothing() -> None:
    document = NOTHING.with_settings(["service_name=foo", "vendor=no", "release=16.2"])
    wanted = {"services": [{"service_name": "foo"}], "vendor": "no", "release": "16.2"}
    assert check(document).values == wanted
    assert NOTHING.empty
    assert not document.empty


def test_set_stands_over_the_file() -> None:
    assert values(SERVICE + "vendor: A\n", "vendor=B")["vendor"] == "B"


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ("relase=x", '--set relase: there is no answer "relase"; did you mean "release"?'),
        (
            "servce_name=x",
            '--set servce_name: there is no answer "servce_name"; did you mean "service_name"?',
        ),
        ("vendor", "--set vendor: must be KEY=VALUE, like vendor=Acme"),
        ("=x", "--set =x: must be KEY=VALUE, like vendor=Acme"),
        ("vendor.x=1", "--set vendor.x: nothing can follow here: .x is too much"),
        ("step=3", "--set step: which of the 2 services? Say services.NAME.step"),
        ("services.2.stp=3", '--set services.2.stp: there is no answer "stp"; did you mean "step"?'),
        ("services.3.step=3", "--set services.3.step: there is no number 3: the list has 2, counted from 0"),
        ("services.aa.step=3", '--set services.aa.step: there is no entry "aa"; did you mean "aaa"?'),
        ("services.aaa.step=x", '--set services.aaa.step: must be 1 to 5, not "x"'),
        ("services.aaa.roles=[", "--set services.aaa.roles: is not YAML: did not find expected node content"),
        ("services.aaa.roles=Compute",
         '--set services.aaa.roles: must be a list, not "Compute": write [Compute]'),
        ("services.aaa.roles=Controller,  Compute",
         '--set services.aaa.roles: must be a list, not "Controller,  Compute": write [Controller, Compute]'),
        ("services.aaa.roles=[compute]",
         "--set services.aaa.roles: services[0].roles[0]: "
         'must be a role name like ComputeHCI, not "compute"'),
        ("ci=", "--set ci: is empty: give it a value, or take the line away"),
        ("ci=[*a]", "--set ci: *a is an alias: write the value out"),
        ("ci={a: 1, a: 2}", '--set ci: "a" is here twice: it is in the same map already'),
        (".".join("abcdefghijklmnop") + "=1",
         "--set a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p: leads deeper than 12 steps"),
        ("vendor=\x1b[0m\udc80",
         "--set vendor: must be one line of text, without control or invisible "
         r'characters or spaces around it, not "\x1b[0m\udc80"'),
    ],
)  # fmt: skip
def test_set_that_leads_nowhere(setting: str, fault: str) -> None:
    text = "services: [{service_name: aaa}, {service_name: bbb}]"
    assert faults(text, setting)[0] == fault


@given(
    st.sampled_from(["vendor", "roles", "extra.container", "services.0", "containers.0", "kernel_module"]),
    st.text(),
)
def test_no_setting_breaks_the_tool(key: str, text: str) -> None:
    for message in faults_of(lambda: load(SERVICE, "a").with_settings([f"{key}={text}", f"{key}.{text}"])):
        assert message.isprintable()
        assert len(message.encode()) < 900
