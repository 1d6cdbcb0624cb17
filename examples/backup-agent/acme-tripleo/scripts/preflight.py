"""Tell, before a deployment, what on the undercloud would make it fail; reads only.

0: nothing found; 1: findings, each with what to do; 2: nothing found, but something could not be checked.
Runs on the Python of the undercloud, 2.7 or 3, with PyYAML. SKOPEO_OPTIONS is read from the environment.
"""

from __future__ import print_function

import argparse
import errno
import filecmp
import glob
import io
import os
import re
import subprocess
import sys

import yaml

RELEASE = "TripleO Train"
OWN, OTHER = "Container", "Docker"  # how the image parameters begin, in this release and in others
SERVICE = "OS::TripleO::Services::"
HELD = [  # what this repository wraps, and the roles that are to hold it
    (SERVICE + "CinderBackup", ["Controller"]),
]
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
ABSENT = "not in the registry: make push"
SILENT = (
    "its registry does not answer: the undercloud's has the name that getent hosts $(hostname -s).ctlplane tells; "
    "take it with vendor-scaffold update --set registry=NAME:8787"
)
WITHOUT_TLS = ["undercloud.ctlplane.localdomain", "localhost", "127.0.0.1"]  # hosts of registries


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
            if problem:
                yield "%s: %s" % (image, problem)
        except Unchecked as missing:
            unchecked.append("%s: %s" % (image, missing))
    if unchecked:
        raise Unchecked("\n".join(unchecked))


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


def roles(options):
    content = read(options.roles)
    if not isinstance(content, list):
        raise Unchecked("%s: no roles file; openstack overcloud roles generate makes one" % options.roles)
    return dict((role["name"], role) for role in content)


def set_parameters(path):
    """Every parameter that an environment file sets, for all roles or for one."""
    for name, value in sorted(section(path, "parameter_defaults").items()):
        yield name
        if name.endswith("Parameters") and isinstance(value, dict):
            for inner in sorted(value):
                yield inner


def declared(options):
    """The names of the parameters of all templates; those of roles, where {{role.name}} stands, spelt out."""
    if not os.path.isdir(options.templates):
        raise Unchecked("no templates in %s: make overlay, or make preflight OVERLAY=DIRECTORY" % options.templates)
    names = set()
    paths = glob.glob("docker/services/*.yaml")
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
    return names | set(spelt(names, roles(options)))


def spelt(names, listed):
    for role in listed.values():
        for name in names:
            yield re.sub(r"[{]{2} *role(\.name)? *[}]{2}", role["name"], name)
        for key, value in role.items():
            if key.startswith("deprecated_param"):
                yield value


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


def services(options):
    """A registered service runs only where a role lists it; the Kernel service loads the host's modules."""
    wanted = section(options.environment, "resource_registry")
    listed = roles(options)
    every = set(service for role in listed.values() for service in role.get("ServicesDefault") or [])
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


def paths(options):
    """Everything that a resource_registry maps to a file is there."""
    for path in [options.environment] + options.others:
        for resource, template in sorted(section(path, "resource_registry").items()):
            if not str(template).endswith(".yaml") or "://" in str(template):
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(path), template))
            seen = [target, re.sub("[.]yaml$", ".j2.yaml", target)]
            if path == options.environment:
                seen.append(os.path.join(options.templates, "environments", template))
            if not any(os.path.exists(one) for one in seen):
                yield "%s: %s: there is no %s: correct the path" % (path, resource, target)


class Note(type(u"")):
    """What the operator may want to know, and no fault."""


SECRET = r"(?i)(pass|secret|token|key|cred)"
# a template is the same in each of them; main adds those to deploy from
STOCK = os.path.abspath(os.environ.get("TEMPLATES") or "/usr/share/openstack-tripleo-heat-templates")
ROOTS = [os.getcwd(), STOCK]
SECTIONS = ("parameters", "parameter_defaults", "resource_registry")
WRAPPED = {  # what this repository puts in place of these templates keeps all that they do
    "OS::TripleO::Services::CinderBackup": "deployment/cinder/cinder-backup-pacemaker-puppet.yaml",
}


def arranged(options):
    """The environment files in the order in which the deployment reads them: directories first, as the client does."""
    folders = [os.path.expanduser("~/.tripleo/environments")] + [path for path in options.others if os.path.isdir(path)]
    folders.append(os.environ.get("TRIPLEO_ENVIRONMENT_DIRECTORY", ""))
    found = [path for folder in folders if folder for path in sorted(glob.glob(os.path.join(folder, "*.yaml")))]
    found += [path for path in options.others if not os.path.isdir(path)]
    copy = os.path.join(options.templates, "environments", os.path.basename(options.environment))
    own = [os.path.realpath(path) for path in (options.environment, copy)]
    found = [options.environment if os.path.realpath(path) in own else path for path in found]
    return found


def given(path, wanted):
    """Whether a file gives the value that is WANTED."""
    return any(inside(section(path, name), wanted) not in (None, "", {}) for name in SECTIONS[:2])


def inside(value, wanted):
    for key in wanted:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def said(path, name):
    """A section of an environment file; the templates of a registry as seen from anywhere."""
    found = section(path, name)
    if name != "resource_registry":
        return found
    folder = os.path.dirname(os.path.abspath(path))
    return dict((key, target(folder, value)) for key, value in found.items() if key != "base_url")


def target(folder, value):
    if isinstance(value, dict):
        return dict((key, target(folder, item)) for key, item in value.items())
    if text(value).endswith(".yaml") and "://" not in value:
        found = os.path.normpath(os.path.join(folder, value))
        for root in ROOTS:
            if found.startswith(root + os.sep):
                return found[len(root) + 1 :]
        return found
    return value


def combined(options):
    """What the deployment gets of all files, and what stops it: the client merges maps, and replaces all else."""
    outcome = {}
    for path in options.order:
        outcome = joined(outcome, dict((name, said(path, name)) for name in SECTIONS))
    return outcome, []


def joined(old, new):
    """As deep_update of heatclient/common/template_utils.py."""
    found = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if isinstance(value, dict):
            found[key] = joined(found.get(key), value)
        elif value is not None or not isinstance(found.get(key), dict):
            found[key] = value
    return found


def items(value):
    """The items of a list, or of a text that is one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [item.strip() for item in text(value).split(",")]


def text(value):
    return u"%s" % (value,)


def lost(value, outcome):
    """The parts of VALUE that the OUTCOME has not: where, and whether it is gone or has another value there."""
    if isinstance(value, dict):
        for key in sorted(value, key=text):
            if value[key] is None:
                continue
            if not isinstance(outcome, dict) or key not in outcome:
                yield [key], True
            else:
                for path, gone in lost(value[key], outcome[key]):
                    yield [key] + path, gone
    elif isinstance(value, list) or isinstance(outcome, list) or "," in text(value) + text(outcome):
        for item in items(value):
            if item not in items(outcome):
                yield [item], True
    elif value is not None and text(value).lower() != text(outcome).lower():
        yield [], False


def shown(name, parts):
    """The places in words; of values only items of lists, and nothing of what is named like a password."""
    found = []
    for path, _ in parts:
        secret = [number for number, key in enumerate([name] + path) if re.search(SECRET, text(key))]
        words = path[: secret[0]] if secret else path
        words = ": ".join(" ".join(text(key).split())[:80] for key in words) or "its value"
        if words not in found:
            found.append(words)
    return "; ".join(found)


def beside(options):
    """What two environment files set, and the deployment gets of one alone."""
    outcome, wrong = combined(options)
    for problem in wrong:
        yield problem
    for number, path in enumerate(options.order):
        for name in SECTIONS:
            for key, value in sorted(said(path, name).items()):
                later = [other for other in options.order[number + 1 :] if said(other, name).get(key) is not None]
                parts = list(lost(value, outcome[name].get(key))) if later else []
                if parts:
                    weight = weighed(options, path, later[-1], name, key, value, parts)
                    what = "%s: %s: lost: %s" % (path, key, shown(key, parts))
                    what = "%s, since %s sets it too: %s" % (what, later[-1], way_out(key, name, value, later[-1]))
                    if weight:
                        yield Note(what) if weight == "note" else what


def weighed(options, path, later, name, key, value, parts):
    """A fault; a note of what may be meant; or None, for what this repository is there for."""
    own = options.environment
    if later == own and re.match(OWN + r"[A-Z]\w*Image$", key):
        return None if bare(section(own, name)[key]).startswith(bare(value)) else "note"
    if later == own and key == "ContainerImagePrepare":
        return "note"
    if name == "resource_registry":
        choices = CHOSEN[key][1] if key in CHOSEN else []
        if later == own and key in WRAPPED and any(("/" + text(value)).endswith("/" + one) for one in [WRAPPED[key]] + choices):
            return None
        off = section(own, name).get(key) == "OS::Heat::None"
        return "fault" if path == own or later == own and not off else "note"
    if any(gone for _, gone in parts) or later == own:
        return "fault"
    # a single value in a later file of the operator's is meant, but for an image that comes too late
    return "fault" if path == own and re.match(OWN + r"[A-Z]\w*Image$", key) else "note"


def bare(image):
    """The name of an image without its registry, tag and the product that it starts with."""
    return re.sub("^(openstack|(centos|rhel|ubi)[^-]*-(binary|source))-", "", re.sub("[:@].*", "", text(image).split("/")[-1]))


def way_out(key, name, value, later):
    if re.match(OWN + r"[A-Z]\w*Image$", key):
        return "one image can stand there: keep one of the two, or build one on the other (make build BUILD_ARGS=--build-arg=BASE_IMAGE=IMAGE)"
    if name == "resource_registry":
        return "one template can stand there: keep one of the two"
    if isinstance(value, dict):
        return "maps are merged, but lists and single values in them are those of the later file: join them in a file given last"
    return "that of the later file stands: join both in a file given last, or keep one of the two"


def unset(options):
    """What only the operator can set is set, and still there when all files are one."""
    outcome = combined(options)[0]
    for wanted, remedy in to_set(options):
        if any(inside(outcome.get(name), wanted) not in (None, "", {}) for name in SECTIONS[:2]):
            continue
        words = ": ".join(key for key in wanted if key != "value")
        files = [path for path in options.order if given(path, wanted)]
        if files:
            yield "%s: %s is set here, and lost: give this file after %s" % (files[-1], words, options.environment)
        else:
            yield "%s is not set: %s" % (words, remedy)


def to_set(options):
    """What has no value here, and what to do about it."""
    for path in sorted(glob.glob("docker/services/*.yaml")):
        for name, parameter in sorted(section(path, "parameters").items()):
            needed = isinstance(parameter, dict) and "default" not in parameter
            # the images of stock services come from elsewhere
            if needed and not re.match(OWN + r"[A-Z]\w*Image$", name):
                yield (name,), "%s declares it without a default; set it in an environment file of yours" % path


def registered(options):
    """What every name of the registry stands for, by the templates and by the other environment files."""
    found = {}
    for path in sorted(glob.glob(os.path.join(options.templates, "overcloud-resource-registry-puppet*"))):
        for name, template in of_text(path)["resource_registry"].items():
            found[name] = (template, path)
    for path in options.others:
        for name, template in section(path, "resource_registry").items():
            found[name] = (str(template), path)
    return found


def is_on(name, found):
    """Whether a name stands for a template, perhaps for those of all roles (*)."""
    of_all = re.sub("^OS::TripleO::[^:]+::", "OS::TripleO::*::", name)
    template, _ = found.get(name) or found.get(of_all) or ("OS::Heat::None", "")
    return template != "OS::Heat::None"


# what this repository wraps: the template; those between which a cloud chooses; the file that chooses it
CHOSEN = {
    SERVICE + "CinderBackup": ("deployment/cinder/cinder-backup-pacemaker-puppet.yaml", ["deployment/cinder/cinder-backup-pacemaker-puppet.yaml", "deployment/cinder/cinder-backup-container-puppet.yaml"], ["environments/cinder-backup.yaml"]),
}


def wrapped(options):
    """What is wrapped is what the cloud has: else the deployment would change its kind."""
    found = registered(options)
    for service, (template, pair, chosen_by) in sorted(CHOSEN.items()):
        now, path = found.get(service) or ("OS::Heat::None", "")
        others = [one for one in pair if one != template and ("/" + now).endswith("/" + one)]
        if now == "OS::Heat::None" or ("/" + now).endswith("/" + template):
            continue
        if not others and (pair or path in options.others):
            continue  # another vendor's, perhaps: told above
        yield "%s: %s stands for %s, and this repository wraps %s: %swrap the same (wraps: {service: %s, template: %s})" % (
            path,
            service,
            now,
            template,
            "name %s among ENVIRONMENTS, if your deployment has it, or " % chosen_by[0] if chosen_by and path not in options.others else "",
            service[len(SERVICE) :],
            (others or [re.sub("^([.][.]/)+", "", now)])[0],
        )


# environment files of the release: which; the names that they register; services of roles that do the same; why
COMPANIONS = [
    ("environments/cinder-backup.yaml", ["OS::TripleO::Services::CinderBackup"], [], [], "CinderBackup, which acme-cinder-backup wraps, is off without it"),
]


def companions(options):
    """The release's own environment files that this repository builds on are given."""
    found = registered(options)
    for path, names, held, wanted, why in COMPANIONS:
        on = any(is_on(name, found) for name in names) or not names and any(("/" + one).endswith("/" + path) for one in options.others)
        if wanted:
            on = all(is_on(name, found) for name in names)
        if not on:
            yield "%s is among no environment files: %s; give -e %s to the deploy command, and name it in ENVIRONMENTS" % (
                path,
                why,
                os.path.join(options.templates, path),
            )


def names(value, within=""):
    """The containers and firewall rules in a service template: a node knows each name once."""
    for item in value if isinstance(value, list) else []:
        for found in names(item, within):
            yield found
    for key, item in value.items() if isinstance(value, dict) else []:
        inner = within
        if within == "container" and isinstance(item, dict) and "image" in item:
            yield within, text(key)
        elif within == "firewall rule" and re.match(r"\d{3} ", text(key)):
            yield within, text(key)
        elif re.match(r"step_\d$", text(key)):
            inner = "container"
        elif re.search(r"firewall(_\w+)?_rules$", text(key)):
            inner = "firewall rule"
        for found in names(item, inner):
            yield found


def collisions(options):
    """Of two services of one node that use a name for things of their own, one is lost."""
    known, files = dict((name, set(role.get("ServicesDefault") or [])) for name, role in roles(options).items()), {}
    for path in options.order:
        for service, template in section(path, "resource_registry").items():
            files[service] = os.path.normpath(os.path.join(os.path.dirname(path), text(template)))
    used = [(service, files[service]) for service in sorted(files) if service.startswith(SERVICE) and os.path.isfile(files[service])]
    own = section(options.environment, "resource_registry")
    for service, template in [one for one in used if one[0] in own]:
        for other, file in [one for one in used if one[0] not in own]:
            shared = sorted(role for role in known if {service, other} <= known[role])
            for kind, name in sorted(set(names(read(template))) & set(names(read(file)))) if shared else []:
                yield "%s: the %s %s is also that of %s, and role %s runs both: one is lost; give this one another name" % (
                    template,
                    kind,
                    name,
                    file,
                    shared[0],
                )


def roots(options):
    """The client renders the templates of one directory only; what another holds as .j2.yaml is not there."""
    for path in options.order:
        if os.path.abspath(path).startswith(STOCK + os.sep):
            right = os.path.join(options.templates, os.path.relpath(path, STOCK))
            said = "%s: the other templates are in %s: give %s" % (path, options.templates, right)
            yield said if not os.path.exists(path) else Note(said)


def overlay(options):
    """What is deployed is the copy in the overlay, which has to be this repository's."""
    for path in sorted(glob.glob("docker/services/*.yaml") + glob.glob("environments/*.yaml")):
        copy = os.path.join(options.templates, path)
        if not os.path.exists(copy) or not filecmp.cmp(path, copy, shallow=False):
            yield "%s: %s: make overlay OVERLAY=%s" % (
                copy,
                "is older than this repository" if os.path.exists(copy) else "is not there",
                options.templates,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--templates", required=True, help="the overlay to deploy from")
    parser.add_argument("--roles", required=True, help="the roles file to deploy with")
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
        options.order.append(options.environment)
    options.others = [path for path in options.order if path != options.environment]
    for check in (images, parameters, services, paths, collisions, wrapped, companions, beside, unset, roots, overlay):
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
