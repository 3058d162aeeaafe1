"""Runs one notebook and saves it after every cell. Usage: run_notebook.py REQUEST

REQUEST is a JSON file (see `Request`); it is deleted when read, for it holds the kernel's environment. What the cells print
goes to stdout while they run. How it ended is written to the JSON file `result` of the request (see `Outcome`).

Stdin is a lifeline: it ends when the process that started this one ends, and then so does this one. On SIGTERM or SIGINT the
notebook is saved as far as it got, and the kernel and what it started are ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Optional, TypedDict

# A stop that does not come to its end is cut short after this many seconds; the runner gives a cancelled step 7.5.
STOP_LIMIT = 6.0


class Request(TypedDict):
    notebook: str
    executed: str
    cwd: str
    kernel_python: str
    kernel_environment: dict[str, str]
    parameters: dict[str, Any]
    notebook_timeout: Optional[float]
    """Seconds, for all of it."""
    cell_timeout: Optional[float]
    start_timeout: float
    result: str
    pid: str


class Stop:
    """A request to stop, which may come from a signal or another thread, before or after the event loop has started."""

    def __init__(self) -> None:
        self.reason: Optional[str] = None
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._event: Optional[asyncio.Event] = None

    def request(self, reason: str) -> None:
        if self.reason is not None:
            return
        self.reason = reason
        watchdog = threading.Timer(STOP_LIMIT, os._exit, [70])
        watchdog.daemon = True
        watchdog.start()
        if self._loop is not None and self._event is not None:
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()
        if self.reason is None:
            await self._event.wait()


def watch_lifeline(stop: Stop) -> None:
    def watch() -> None:
        try:
            while os.read(0, 1024):
                pass
        except OSError:
            pass
        stop.request("orphaned")

    threading.Thread(target=watch, daemon=True).start()


def new_event_loop() -> asyncio.AbstractEventLoop:
    # The sockets of the kernel need a selector, which is not what Windows has by default.
    if sys.platform == "win32":
        return asyncio.SelectorEventLoop()
    return asyncio.new_event_loop()


def main() -> int:
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.request("cancelled"))
    request_file = Path(sys.argv[1])
    request: Request = json.loads(request_file.read_text(encoding="utf-8"))
    request_file.unlink()
    Path(request["pid"]).write_text(str(os.getpid()), encoding="ascii")
    watch_lifeline(stop)
    # A lone surrogate in an output cannot be encoded; it must not end the run.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]

    # Imported late: it takes a while, and a signal has to find its handler.
    from notebook_run import run

    loop = new_event_loop()
    asyncio.set_event_loop(loop)
    outcome = loop.run_until_complete(run(request, stop))
    temporary = Path(request["result"] + ".part")
    temporary.write_text(json.dumps(outcome), encoding="utf-8")
    temporary.replace(request["result"])
    return 0 if outcome["status"] == "ok" else 1


if __name__ == "__main__":
    code = main()
    try:
        sys.stdout.flush()
    except OSError:
        pass
    # Threads of the kernel client must not keep a finished run waiting.
    os._exit(code)
