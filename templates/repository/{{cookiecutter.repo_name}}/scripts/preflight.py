{% set release = cookiecutter._release %}
{% set has = cookiecutter._has %}
{% set hooks = cookiecutter._repository.environment.hooks.values() | unique | list %}
{% set other = "Docker" if release.tripleo.image_parameter_prefix == "Container" else "Container" %}
"""Tell, before a deployment, what on the undercloud would make it fail; reads only.

0: nothing found; 1: findings, each with what to do; 2: nothing found, but something could not be checked.
Runs on the Python of the undercloud, 2.7 or 3, with PyYAML. SKOPEO_OPTIONS is read from the environment.
"""

from __future__ import print_function

import argparse
import errno
{% if has.overlay %}
import filecmp
{% endif %}
import glob
import io
import os
import re
import subprocess
import sys

import yaml

RELEASE = "{{ cookiecutter._repository.base.product }}"
OWN, OTHER = "{{ release.tripleo.image_parameter_prefix }}", "{{ other }}"  # how the image parameters begin, in this release and in others
{% if has.templates or has.modules or cookiecutter._repository.companions %}
SERVICE = "OS::TripleO::Services::"
{% endif %}
{% if has.wraps %}
HELD = [  # what this repository wraps, and the roles that are to hold it
{% for service in cookiecutter._services if service.wraps %}
    (SERVICE + "{{ service.wraps.service }}", {{ service.roles | tojson }}),
{% endfor %}
]
{% endif %}
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
ABSENT = "not in the registry: make push"
{% if cookiecutter._repository.at_undercloud and not cookiecutter._repository.all_in_one %}
SILENT = (
    "its registry does not answer: the undercloud's has the name that getent hosts $(hostname -s).ctlplane tells; "
    "take it with vendor-scaffold update --set registry=NAME:{{ cookiecutter._repository.registry.rsplit(":")[-1] }}"
)
{% else %}
SILENT = "its registry does not answer: start it, or let this host reach it"
{% endif %}
{% if cookiecutter._repository.environment.foreign %}
FOREIGN = {{ cookiecutter._repository.environment.foreign.keys() | list | tojson }}  # the parameters of images that nothing here builds
{% endif %}
WITHOUT_TLS = {{ cookiecutter._repository.without_tls | tojson }}  # hosts of registries


class Unchecked(Exception):
    """Something is missing that a check needs; says what to install or to give."""


def of_text(path):
    """The registry in a file with loops of Jinja, by its lines; * stands for every role."""
    with io.open(path, encoding="utf-8") as stream:
        lines = re.findall(r"^ +['\"]?(OS::TripleO::[^\s'\"]+(?:[{]{2}[^}]*[}]{2}[^\s'\"]*)?)['\"]?: +['\"]?([^\s'\"{]+)['\"]?\s*$", stream.read(), re.M)
    return {"resource_registry": dict((re.sub("[{]{2}[^}]*[}]{2}", "*", name), template) for name, template in lines)}


CONTENT = {}  # of the files that were read


def read(path):
    rendered = re.sub("[.]yaml$", ".j2.yaml", path)  # what the client makes of it has the other name
    if not os.path.exists(path) and os.path.exists(rendered):
        return of_text(rendered)
    if path not in CONTENT:
        try:
            with io.open(path, encoding="utf-8") as stream:
                CONTENT[path] = yaml.safe_load(stream) or {}
        except (EnvironmentError, ValueError, yaml.YAMLError) as error:
            raise Unchecked("%s: cannot be read: %s" % (path, " ".join(str(error).split())))
    return CONTENT[path]


def section(path, name):
    content = read(path)
    found = content.get(name) or {} if isinstance(content, dict) else {}
    if not isinstance(found, dict):
        raise Unchecked("%s: %s must be a map" % (path, name))
    return dict((u"%s" % (key,), value) for key, value in found.items())


def run(command):
    """The exit status of a command and what it said; None where it is not installed."""
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except EnvironmentError as error:
        if error.errno != errno.ENOENT:
            raise
        return None, ""
    said = process.communicate()[0].decode("utf-8", "replace")
    return process.returncode, said


def images(options):
    """Every image of this repository is in its registry, under its tag."""
    defaults = section(options.environment, "parameter_defaults")
    found = set(value for name, value in defaults.items() if re.match(r"(Container|Docker)\w+Image$", name))
    unchecked = []
    for image in sorted(found):
        try:
            problem = by_skopeo(image)
{% if cookiecutter._repository.environment.foreign %}
            if problem == ABSENT and image in [defaults.get(name) for name in FOREIGN]:
                problem = "not in its registry: correct its name, or copy it there"
{% endif %}
            if problem:
                yield "%s: %s" % (image, problem)
        except Unchecked as missing:
            unchecked.append("%s: %s" % (image, missing))
    if unchecked:
        raise Unchecked("\n".join(unchecked))


{% if has.images and has.plain and not has.trusted %}
def insecure(options):
    """The nodes refuse a registry without TLS that they are not told of."""
    registry = "{{ cookiecutter._repository.registry }}"
    defaults = combined(options)[0].get("parameter_defaults") or {}
    if not any((registry + ":").startswith(one + ":") for one in items(defaults.get("DockerInsecureRegistryAddress"))):
        yield "%s has no TLS, and the nodes refuse it: list it in DockerInsecureRegistryAddress" % registry


{% endif %}
def by_skopeo(image):
    more = os.environ.get("SKOPEO_OPTIONS", "").split()
    if re.split("[:/]", image)[0] in WITHOUT_TLS:
        more.append("--tls-verify=false")
    status, said = run(["skopeo", "inspect", "--raw"] + more + ["docker://" + image])
    if status is None:
        return by_curl(image)
    if status == 0:
        return ""
    if "manifest unknown" in said or "name unknown" in said:
        return ABSENT
    if "HTTP response to HTTPS client" in said:
        return (
            "its registry has no TLS: list it in DockerInsecureRegistryAddress for the nodes; "
            "here make preflight SKOPEO_OPTIONS=--tls-verify=false"
        )
    if "unauthorized" in said or "authentication required" in said:
        return "its registry wants a login: skopeo login here, ContainerImageRegistryCredentials for the nodes"
    return "%s (%s)" % (SILENT, ": ".join(said.strip().strip('"').split(": ")[-2:]))


def by_curl(image):
    host, path = image.split("/", 1)
    ask = ["curl", "-sIm", "20", "-o", os.devnull, "-w", "%{http_code}", "-H", "Accept: " + ", ".join(MANIFESTS)]
    for scheme in ("https", "http"):
        status, code = run(ask + ["%s://%s/v2/%s/manifests/%s" % ((scheme, host) + tuple(path.rsplit(":", 1)))])
        if status is None:
            raise Unchecked("install skopeo, or curl")
        if code in ("200", "404"):
            return "" if code == "200" else ABSENT
        if code in ("401", "403"):
            raise Unchecked("its registry wants a login: install skopeo, and skopeo login")
    return SILENT


{% if has.roles_data %}
def roles(options):
    content = read(options.roles)
    if not isinstance(content, list):
        raise Unchecked("%s: no roles file; openstack overcloud roles generate makes one" % options.roles)
    return dict((role["name"], role) for role in content)


{% endif %}
def set_parameters(path):
    """Every parameter that an environment file sets, for all roles or for one."""
    for name, value in sorted(section(path, "parameter_defaults").items()):
        yield name
        if name.endswith("Parameters") and isinstance(value, dict):
            for inner in sorted(value):
                yield inner


def declared(options):
{% if has.roles_data %}
    """The names of the parameters of all templates; those of roles, where {{ "{{role.name}}" }} stands, spelt out."""
{% else %}
    """The names of the parameters of all templates."""
{% endif %}
    if not os.path.isdir(options.templates):
        raise Unchecked("no templates in %s: {{ "make overlay, or make preflight OVERLAY=DIRECTORY" if has.overlay else "make preflight TEMPLATES=DIRECTORY" }}" % options.templates)
    names = set()
    paths = {{ 'glob.glob("docker/services/*.yaml")' if has.templates else "[]" }}
    for folder, folders, files in os.walk(options.templates):
        folders[:] = [name for name in folders if name not in ("environments", "releasenotes")]
        paths += [os.path.join(folder, name) for name in files if name.endswith(".yaml")]
    for path in paths:
        inside = False
        with io.open(path, encoding="utf-8") as stream:
            for line in stream:
                if re.match(r"\w", line):
                    inside = line.startswith("parameters:")
                key = inside and re.match(r"""  ["']?([^\s#:"']+)["']?:(\s|$)""", line)
                if key:
                    names.add(key.group(1))
    return names{{ " | set(spelt(names, roles(options)))" if has.roles_data }}


{% if has.roles_data %}
def spelt(names, listed):
    for role in listed.values():
        for name in names:
            yield re.sub(r"[{]{2} *role(\.name)? *[}]{2}", role["name"], name)
        for key, value in role.items():
            if key.startswith("deprecated_param"):
                yield value


{% endif %}
def parameters(options):
    """Heat silently ignores a parameter that no template declares."""
    known = declared(options)
    own = list(set_parameters(options.environment))
    for name in own:
        if name not in known and not name.startswith(OTHER):
            yield "%s: no template in %s declares the parameter %s: correct its name" % (
                options.environment,
                options.templates,
                name,
            )
    for path in [options.environment] + options.others:
        for name in set_parameters(path):
            if re.match(OTHER + r"[A-Z]\w*Image$", name) and name not in known:
                right = OWN + name[len(OTHER) :]
                yield "%s: %s is left over from another release, %s ignores it: write %s" % (path, name, RELEASE, right)


{% if has.templates or has.modules %}
def services(options):
    """A registered service runs only where a role lists it; the Kernel service loads the host's modules."""
    wanted = section(options.environment, "resource_registry")
    listed = roles(options)
    every = set(service for role in listed.values() for service in role.get("ServicesDefault") or [])
{% if has.wraps %}
    for service, names in HELD:
        wanted.pop(service, None)
        for role in [one for one in names if one in listed]:
            held = listed[role].get("ServicesDefault") or []
            name = service[len(SERVICE) :]
            other = [one[len(SERVICE) :] for one in held if one.startswith(SERVICE) and one.endswith(name)]
            if service not in held:
                yield "%s: role %s does not hold %s, which this repository wraps%s: nothing changes there" % (
                    options.roles,
                    role,
                    name,
                    ", but " + " and ".join(other) if other else "",
                )
{% endif %}
    for service, template in sorted(wanted.items()):
        if service.startswith(SERVICE) and template != "OS::Heat::None" and service not in every:
            yield "%s: no role has %s: make roles ROLES_DATA=%s" % (options.roles, service, options.roles)
    for name, value in sorted(section(options.environment, "parameter_defaults").items()):
        if not (name.endswith("Parameters") and isinstance(value, dict) and "ExtraKernelModules" in value):
            continue
        role = listed.get(name[: -len("Parameters")], {})
        if SERVICE + "Kernel" not in (role.get("ServicesDefault") or []):
            yield "%s: %s: ExtraKernelModules needs a role of that name with the service %sKernel: add it" % (
                options.roles,
                name,
                SERVICE,
            )


{% endif %}
def paths(options):
    """Everything that a resource_registry maps to a file is there."""
    for path in [options.environment] + options.others:
        for resource, template in sorted(section(path, "resource_registry").items()):
            if not str(template).endswith(".yaml") or "://" in str(template):
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(path), template))
            seen = [target, re.sub("[.]yaml$", ".j2.yaml", target)]
{% if has.overlay %}
            if path == options.environment:
                seen.append(os.path.join(options.templates, "environments", template))
{% endif %}
            if not any(os.path.exists(one) for one in seen):
                yield "%s: %s: there is no %s: correct the path" % (path, resource, target)


{% include "preflight/beside.inc" %}
{% include "preflight/cloud.inc" %}
{% include "preflight/names.inc" %}
{% if has.overlay %}
def roots(options):
    """The client renders the templates of one directory only; what another holds as .j2.yaml is not there."""
    for path in options.order:
        if os.path.abspath(path).startswith(STOCK + os.sep):
            right = os.path.join(options.templates, os.path.relpath(path, STOCK))
            said = "%s: the other templates are in %s: give %s" % (path, options.templates, right)
            yield said if not os.path.exists(path) else Note(said)


def overlay(options):
    """What is deployed is the copy in the overlay, which has to be this repository's."""
{% if hooks %}
    hooks = [path for path in ("{{ hooks | join('", "') }}",) if os.path.exists(path)]
    for path in sorted(hooks + glob.glob("docker/services/*.yaml") + glob.glob("environments/*.yaml")):
{% else %}
    for path in sorted(glob.glob("docker/services/*.yaml") + glob.glob("environments/*.yaml")):
{% endif %}
        copy = os.path.join(options.templates, path)
        if not os.path.exists(copy) or not filecmp.cmp(path, copy, shallow=False):
            yield "%s: %s: make overlay OVERLAY=%s" % (
                copy,
                "is older than this repository" if os.path.exists(copy) else "is not there",
                options.templates,
            )


{% endif %}
def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--templates", required=True, help="the {{ "overlay" if has.overlay else "templates" }} to deploy from")
{% if has.roles_data %}
    parser.add_argument("--roles", required=True, help="the roles file to deploy with")
{% endif %}
    parser.add_argument("environment", help="the environment file of this repository")
    parser.add_argument("others", nargs="*", help="the other environment files of the deployment")
    options = parser.parse_args()
    found, notes, unchecked = [], [], []
    ROOTS.append(os.path.abspath(options.templates))
    options.order = []
    for path in arranged(options):
        try:
            read(path)
            options.order.append(path)
        except Unchecked as missing:
            unchecked.append(str(missing))
    if options.environment not in options.order:
{% if has.credentials and cookiecutter._repository.beside.merged_by == "heat" %}
        last = forms(options)
        options.order = [path for path in options.order if path not in last] + [options.environment] + last
        if last:
            notes.append("taken to come after %s, as README.md has it: %s" % (options.environment, " ".join(last)))
{% else %}
        options.order.append(options.environment)
{% endif %}
    options.others = [path for path in options.order if path != options.environment]
    for check in (images, {{ "insecure, " if has.images and has.plain and not has.trusted }}parameters, {{ "services, " if has.templates or has.modules }}paths{{ ", collisions" if has.templates }}{{ ", hidden" if cookiecutter._repository.beside.hidden }}{{ ", wrapped" if has.wraps }}{{ ", companions" if cookiecutter._repository.companions }}, beside{{ ", unset" if has.credentials or has.templates }}{{ ", roots, overlay" if has.overlay }}):
        try:
            for problem in check(options):
                (notes if isinstance(problem, Note) else found).append(problem)
        except Unchecked as missing:
            unchecked += [line for line in str(missing).splitlines() if line not in unchecked]
    for problem in found:
        print(problem)
    for note in notes:
        print("note: " + note)
    for missing in unchecked:
        print("not checked: " + missing)
    print("%d found, %d not checked" % (len(found), len(unchecked)))
    return 1 if found else 2 if unchecked else 0


if __name__ == "__main__":
    sys.exit(main())
