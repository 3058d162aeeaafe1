"""Runs one notebook and saves it while it runs. Its request comes as driver.py says.

What the cells print goes to stdout while they run. On a stop the notebook is saved as far as it got, and the kernel and what
it started are ended.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, Optional, TypedDict

from driver import Stop, drive


class Request(TypedDict):
    notebook: str
    executed: str
    cwd: str
    kernel_python: str
    kernel_environment: dict[str, str]
    parameters: dict[str, str]
    """Python source of their values."""
    strict: bool
    """Whether a failing shell command and an expected error fail the run."""
    notebook_timeout: Optional[float]
    """Seconds, for all of it."""
    cell_timeout: Optional[float]
    start_timeout: float
    secrets: list[str]
    """What must not stay in what is kept, in each form in which it travels, the longest first."""
    result: str


def new_event_loop() -> asyncio.AbstractEventLoop:
    # The sockets of the kernel need a selector, which is not what Windows has by default.
    if sys.platform == "win32":
        return asyncio.SelectorEventLoop()
    return asyncio.new_event_loop()


def run_notebook(request: Request, stop: Stop) -> Any:
    # A lone surrogate in an output cannot be encoded; it must not end the run.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    # Imported late: it takes a while, and a signal has to find its handler.
    from notebook_run import run

    loop = new_event_loop()
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(run(request, stop))


if __name__ == "__main__":
    drive(run_notebook)
