"""What no second rendering would give again: the time and random values, kept in the answers.

cookiecutter's extensions and Jinja's own `random` and `lipsum` are the volatile ones. Each result is stored
under the call that gave it, so that an update changes nothing that the template did not change.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.filters import do_random

_CLOCK = "cookiecutter.extensions.TimeExtension"


class Recall:
    """Results by call: STORED ones are given again, and `used` are all that a rendering took."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.stored = stored
        self.used: dict[str, Any] = {}
        self._results: dict[str, Any] = {}
        self._scope = ""
        self._keep = True
        self._count: Counter[str] = Counter()

    def begin(self, scope: str, keep: bool = True) -> None:
        """What is rendered from now on; KEEP is false where the result becomes an answer."""
        self._scope, self._keep = scope, keep

    def watch(self, environment: Environment) -> None:
        """Put this between the templates and every volatile function of ENVIRONMENT."""
        for name in ("random_ascii_string", "uuid4", "lipsum"):
            function: Any = environment.globals[name]
            environment.globals[name] = self._drawn(name, function)

        @pass_context
        def random(context: Any, sequence: Any) -> Any:
            return self._drawn("random", lambda: do_random(context, sequence))()

        environment.filters["random"] = random
        clock = vars(environment.extensions[_CLOCK])
        for name in ("_now", "_datetime"):
            clock[name] = self._told(getattr(environment.extensions[_CLOCK], name))

    def _drawn(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Random: another result for each call of each variable and file."""

        def call(*args: Any, **options: Any) -> Any:
            prefix = f"{self._scope}: {name}"
            self._count[prefix] += 1
            return self._kept(f"{prefix} {self._count[prefix]}", lambda: function(*args, **options))

        return call

    def _told(self, function: Callable[..., str]) -> Callable[..., str]:
        """The clock: the same format gives the same everywhere."""

        def call(*args: Any) -> str:
            said = ", ".join(str(arg) for arg in args if arg is not None)
            return str(self._kept(f"now {said}", lambda: function(*args)))

        return call

    def _kept(self, key: str, draw: Callable[[], Any]) -> Any:
        if key not in self._results:
            result = self.stored[key] if key in self.stored else draw()
            try:
                self._results[key] = json.loads(json.dumps(result))  # as an answers file gives it back
            except TypeError:  # nothing to choose from, or an object of the template's own
                return result
        if self._keep:
            self.used[key] = self._results[key]
        return self._results[key]
