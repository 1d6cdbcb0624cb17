"""The kinds of single values that containers alone hold: units, capabilities, limits."""

from __future__ import annotations

from scaffold.fields.kind import Kind, whole

UNIT = Kind(
    "unit",
    whole("[A-Za-z0-9_][A-Za-z0-9:_.@-]*"),
    "must be the name of a systemd unit",
    "tripleo_vendorx.service",
)
_CAPABILITIES = (  # capabilities(7)
    "AUDIT_CONTROL|AUDIT_READ|AUDIT_WRITE|BLOCK_SUSPEND|BPF|CHECKPOINT_RESTORE|CHOWN|DAC_OVERRIDE"
    "|DAC_READ_SEARCH|FOWNER|FSETID|IPC_LOCK|IPC_OWNER|KILL|LEASE|LINUX_IMMUTABLE|MAC_ADMIN"
    "|MAC_OVERRIDE|MKNOD|NET_ADMIN|NET_BIND_SERVICE|NET_BROADCAST|NET_RAW|PERFMON|SETFCAP|SETGID"
    "|SETPCAP|SETUID|SYSLOG|SYS_ADMIN|SYS_BOOT|SYS_CHROOT|SYS_MODULE|SYS_NICE|SYS_PACCT|SYS_PTRACE"
    "|SYS_RAWIO|SYS_RESOURCE|SYS_TIME|SYS_TTY_CONFIG|WAKE_ALARM"
)
CAPABILITY = Kind(
    "capability",
    whole(f"(?:CAP_)?(?:{_CAPABILITIES})"),
    "must be a capability of Linux in capitals, like SYS_MODULE",
    "SYS_MODULE",
    prefix="CAP_",
)
_LIMITS = "core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack"
ULIMIT = Kind(
    "ulimit",
    whole(rf"(?:{_LIMITS})=(?:-1|[0-9]{{1,19}})(?::(?:-1|[0-9]{{1,19}}))?"),
    "must be name=soft or name=soft:hard, like nofile=131072",
    "nofile=131072",
)
