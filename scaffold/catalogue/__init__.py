"""Stock images of each TripleO release: image -> Heat parameters, default user, services, containers."""

from __future__ import annotations

from scaffold.catalogue.lookup import (
    Catalogue,
    ParameterForm,
    Stock,
    StockImage,
    environments,
    load,
    parameter_forms,
    roles,
    short_name,
    stock,
)

__all__ = [
    "Catalogue",
    "ParameterForm",
    "Stock",
    "StockImage",
    "environments",
    "load",
    "parameter_forms",
    "roles",
    "short_name",
    "stock",
]
