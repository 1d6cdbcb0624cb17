"""The terminal: putting one prompt, and every way to leave it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import questionary
from prompt_toolkit.application import create_app_session, get_app, get_app_session
from prompt_toolkit.filters import has_validation_error, to_filter
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout import ConditionalContainer, Layout, Window
from prompt_toolkit.output import create_output


def run(prompt: questionary.Question) -> Any:
    """The reply to PROMPT; Ctrl-D leaves any prompt, not only an empty line."""
    bindings = KeyBindings()

    @bindings.add("c-d", eager=True)
    def _leave(event: Any) -> None:
        event.app.exit(exception=EOFError)

    app = prompt.application
    _whole_messages(app.layout)
    app.key_bindings = merge_key_bindings([app.key_bindings or KeyBindings(), bindings])
    return prompt.unsafe_ask()


def width() -> int:
    """How many columns a line of the terminal has."""
    return get_app_session().output.get_size().columns


def _whole_messages(layout: Layout) -> None:
    """Let what is wrong with a reply take the lines it needs, where prompt_toolkit cuts it after one."""
    for container in layout.walk():
        if isinstance(container, ConditionalContainer) and container.filter is has_validation_error:
            for window in container.get_children():
                if isinstance(window, Window):
                    window.height, window.wrap_lines = None, to_filter(True)
                    window.dont_extend_height = to_filter(True)


@contextmanager
def terminal() -> Iterator[None]:
    """Ask on standard error where standard output is no terminal; a closed terminal ends the asking."""
    terminals = [stream for stream in (sys.stdout, sys.stderr) if stream.isatty()]
    with ExitStack() as stack:
        if terminals == [sys.stderr]:
            stack.enter_context(create_app_session(output=create_output(sys.stderr)))
        if threading.current_thread() is threading.main_thread():
            before = signal.signal(signal.SIGHUP, _hung_up)
            stack.callback(signal.signal, signal.SIGHUP, before)
        try:
            yield
        except (OSError, EOFError) as error:
            for stream in terminals:
                if not os.isatty(stream.fileno()):  # it is gone: what is still said goes nowhere
                    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            raise EOFError from error


def _hung_up(number: int, frame: object) -> None:
    app = get_app()
    if not app.is_running:
        raise EOFError
    if not app.is_done:
        app.exit(exception=EOFError)
