"""What is no service of its own, and the mechanism that TripleO has for it."""

from __future__ import annotations

MECHANISMS = {
    "Ansible on the nodes": "integration: config with deploy_steps_tasks or host_prep_tasks",
    "Ansible from the undercloud, such as a cluster of its own": "integration: config with "
    "external_deploy_tasks",
    "registering with an external controller": "integration: config with config_settings, or a layer on "
    "neutron-server (integration: image)",
    "scripts at the first boot": "OS::TripleO::NodeUserData in environment.resource_registry of a service",
    "scripts before puppet": "OS::TripleO::<Role>ExtraConfigPre, or OS::TripleO::NodeExtraConfig on every "
    "node",
    "scripts after the deployment": "OS::TripleO::NodeExtraConfigPost; with data of all nodes "
    "OS::TripleO::AllNodesExtraConfig",
    "NICs": "the network configuration templates of the roles",
    "kernel arguments and tuned profiles": "integration: environment with KernelArgs and TunedProfileName in "
    "environment.role_parameters",
}
REFUSED = "\n".join(
    (
        "no vendor repository fits this, so nothing is written; TripleO has",
        *(f"  {need}: {mechanism}" for need, mechanism in MECHANISMS.items()),
    )
)
