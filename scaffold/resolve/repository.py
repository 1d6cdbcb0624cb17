"""Answers -> model: defaults from earlier answers, and everything that follows from them."""

from __future__ import annotations

from typing import Any

from scaffold import releases
from scaffold.answers import Answers, AnswersDocument, check
from scaffold.errors import AnswersError
from scaffold.fields import RepositoryAnswers, ServiceAnswers
from scaffold.fields.asked import Trait
from scaffold.fields.declared import WITH_IMAGES
from scaffold.model import VendorRepo
from scaffold.resolve import consistency
from scaffold.resolve.completing import completed, with_defaults
from scaffold.resolve.platforms import platform


def checked(document: AnswersDocument) -> Answers:
    """The answers of DOCUMENT, each of them right; raises AnswersError with every fault.

    Only where there is one are the constraints across answers judged here, so that all faults come in one
    round: `resolve` judges them where there is none.
    """
    return check(document, constraints=consistency.faults)


def resolve(answers: Answers) -> VendorRepo:
    """Make the model of checked ANSWERS; raises AnswersError with every fault across fields at once."""
    if faults := list(consistency.faults(answers)):
        raise AnswersError(faults)
    return modelled(answers)


def modelled(answers: Answers) -> VendorRepo:
    """The model of checked ANSWERS whose names need not be free, as of services before they are renamed."""
    top = with_defaults(answers.values)
    release = releases.load(top.release)
    own = platform(release)
    whole = RepositoryAnswers(answers.values)
    asked = [
        completed(own.placed(ServiceAnswers(service), release).plain, whole)
        for service in answers.values["services"]
    ]
    return own.modelled(top, asked)


def stored(values: dict[str, Any]) -> dict[str, Any]:
    """Return the answers as `new` keeps them: what must not follow newer defaults is explicit."""
    top = with_defaults(values)
    release = RepositoryAnswers({"release": top.release} | values).release
    explicit = top.named(RepositoryAnswers.named(Trait.STORED))
    services = [service | _base(ServiceAnswers(service)) for service in values["services"]]
    order = {"schema": 1, "repo_name": "", "vendor": "", "release": release}
    return {**order, **explicit, **{k: v for k, v in values.items() if k != "services"}, "services": services}


def _base(service: ServiceAnswers) -> dict[str, str]:
    """The stock image of SERVICE, where it has one image."""
    none = service.integration == "service" and service.image
    several = none or service.integration not in WITH_IMAGES or service.images
    return {} if several else {"base_image": service.base_image}


def defaults(values: dict[str, Any], repo: VendorRepo) -> dict[str, Any]:
    """What the answers VALUES leave to their defaults in REPO: path -> value, for an update to compare."""
    top = with_defaults(values).named(RepositoryAnswers.named(Trait.FOLLOWS_DEFAULTS))
    found = {key: one for key, one in top.items() if key not in values}
    for answers, service in zip(values["services"], repo.services, strict=True):
        taken = {"step": service.step, "command": service.command, "roles": service.roles}
        if service.image:
            tag = service.image.reference.rpartition(":")[2]
            of_build = {
                "base_user": service.image.base_user,
                "image_name": service.image.name,
                "image_tag": tag,
            }
            taken |= of_build if service.image.build != "existing" else {}
        prefix = f"services.{service.name.kebab}"
        found |= {f"{prefix}.{key}": one for key, one in taken.items() if key not in answers}
    return found
