"""The Heat engine as a process of its own, which programs/heat_engine.py runs: jobs in, role_data out."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

from scaffold.verify import install, processes
from scaffold.verify.findings import Crashed

PATIENCE = 400  # seconds; the engine itself gives up on a stack after 300


class HeatRefused(Exception):
    """Heat, or its client, refused a template. `stage`: client, create, stack or output."""

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(f"{stage}: {reason}")
        self.stage = stage
        self.reason = reason


class HeatProcess:
    """One engine, started when the first job comes and stopped by close()."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stderr = directory / "heat-engine.stderr"
        self._process: subprocess.Popen[bytes] | None = None

    def role_data(self, job: dict[str, Any]) -> dict[str, Any]:
        """The role_data of a job (programs/heat_engine.py says what one is); raises HeatRefused."""
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        alarm = threading.Timer(PATIENCE, process.kill)
        alarm.start()
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            alarm.cancel()
        if not line:
            self.close()
            raise Crashed("the Heat engine is gone", self._stderr.read_text()[-4000:])
        answer: dict[str, Any] = json.loads(line)
        if not answer["ok"]:
            raise HeatRefused(answer["stage"], answer["error"])
        data: dict[str, Any] = answer["role_data"]
        return data

    def close(self) -> None:
        """No more jobs."""
        process, self._process = self._process, None
        if not process:
            return
        assert process.stdin
        assert process.stdout
        with process.stdout:
            try:
                process.stdin.close()
                process.wait(30)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                process.kill()
                process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._stderr.open("w") as stderr:
            self._process = processes.start(
                [install.venv("heat"), install.PROGRAMS / "heat_engine.py"],
                env=processes.environment(self._directory),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        return self._process
