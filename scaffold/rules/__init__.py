"""The rules of `check`, listed by hand: a rule that is not here does not exist."""

from __future__ import annotations

from typing import Any

from scaffold.lint import Rule
from scaffold.rules import (
    allow_comment,
    config_volume,
    environment_form,
    extra_kernel_modules,
    file_broken,
    firewall_rules,
    heat_version,
    image_parameter,
    image_parameter_prefix,
    key_blank,
    key_duplicate,
    kolla_command,
    kolla_mount,
    launcher_exec,
    loader_order,
    module_loading,
    name_undefined,
    parameter_hidden,
    parameter_required,
    parameter_undeclared,
    parameter_unused,
    registry_path,
    role_data_section,
    script_mode,
    script_mount,
    script_target,
    service_name,
    service_role,
    upgrade_step,
    yaml_tab,
)

GROUPS: dict[str, tuple[Any, ...]] = {
    "Files": (allow_comment, file_broken, yaml_tab, key_duplicate, key_blank),
    "Heat and release": (
        heat_version,
        parameter_required,
        parameter_undeclared,
        parameter_unused,
        parameter_hidden,
        name_undefined,
        service_name,
        role_data_section,
        image_parameter_prefix,
        firewall_rules,
        environment_form,
        extra_kernel_modules,
        upgrade_step,
    ),
    "Wiring across files": (
        kolla_command,
        kolla_mount,
        script_mount,
        script_target,
        script_mode,
        launcher_exec,
        image_parameter,
        registry_path,
        service_role,
        config_volume,
        module_loading,
        loader_order,
    ),
}

RULES: dict[str, Rule[Any]] = {module.RULE.id: module.RULE for group in GROUPS.values() for module in group}
