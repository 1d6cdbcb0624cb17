"""What goes on, on standard error, with the time that has passed: rehearsals take minutes at first.

On a terminal one line is written over and over; elsewhere each engine gets a line when it begins.
"""

from __future__ import annotations

import shutil
import threading
import time
from types import TracebackType
from typing import TextIO

TICK = 1.0  # seconds


class Progress:
    """Tells of the engines on STREAM, between __enter__ and __exit__."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._start = time.monotonic()
        self._words = ""
        self._engine = ""
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def __enter__(self) -> Progress:
        if self._live:
            threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self.clear()

    def __call__(self, words: str) -> None:
        """Tell what goes on; WORDS begin with the name of an engine."""
        engine = words.partition(":")[0]
        with self._lock:
            self._words = words
            if self._live:
                self._draw()
            elif engine != self._engine:
                print(f"[{self._elapsed()}] {self._words}", file=self._stream, flush=True)
            self._engine = engine

    def clear(self) -> None:
        """Make room on a terminal for what is printed next."""
        with self._lock:
            self._words = ""
            if self._live:
                print("\r\x1b[K", end="", file=self._stream, flush=True)

    def _tick(self) -> None:
        while not self._ended.wait(TICK):
            with self._lock:
                if self._words:
                    self._draw()

    def _draw(self) -> None:
        line = f"[{self._elapsed()}] {self._words}"[: shutil.get_terminal_size().columns - 1]
        print(f"\r\x1b[K{line}", end="", file=self._stream, flush=True)

    def _elapsed(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._start), 60)
        return f"{minutes}:{seconds:02}"
