"""What both drivers do: read a request, notice when to stop, and write how the run ended.

The first line of stdin is the request, as JSON. How the run ended is written to the JSON file `result` of the request; its
key `status` is `ok` when all went well.

From then on stdin is a lifeline: it ends when this process is to stop, also because the one that started it has ended.

Only the standard library is used: the driver of a script has no environment of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Callable, NoReturn, Optional

# A stop that does not come to its end is cut short after this many seconds; the runner gives a cancelled step 7.5.
STOP_LIMIT = 6.0


class Stop:
    """A request to stop, which may come from a signal or another thread, before or after somebody listens."""

    def __init__(self) -> None:
        self.reason: Optional[str] = None
        self._listener: Optional[Callable[[], Any]] = None
        self._last_resort: Callable[[], Any] = lambda: None

    def request(self, reason: str) -> None:
        if self.reason is not None:
            return
        self.reason = reason
        watchdog = threading.Timer(STOP_LIMIT, self._give_up)
        watchdog.daemon = True
        watchdog.start()
        if self._listener is not None:
            self._listener()

    def listen(self, listener: Callable[[], Any]) -> None:
        """Calls the listener when a stop is requested, also when that was before. It may be called twice."""
        self._listener = listener
        if self.reason is not None:
            listener()

    def at_worst(self, last_resort: Callable[[], Any]) -> None:
        """Calls it, from another thread, when a stop does not come to its end and is cut short."""
        self._last_resort = last_resort

    def _give_up(self) -> None:
        try:
            self._last_resort()
        finally:
            os._exit(70)


def drive(run: Callable[[Any, Stop], dict[str, Any]]) -> NoReturn:
    """Runs the request, and ends the process."""
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.request("cancelled"))
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=watch_lifeline, args=(stop,), daemon=True).start()

    outcome = run(request, stop)
    temporary = Path(request["result"] + ".part")
    # The program may have emptied the folder of temporary files.
    temporary.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_text(json.dumps(outcome), encoding="utf-8")
    temporary.replace(request["result"])
    try:
        sys.stdout.flush()
    except OSError:
        pass
    # Threads that are left must not keep a finished run waiting.
    os._exit(0 if outcome["status"] == "ok" else 1)


def watch_lifeline(stop: Stop) -> None:
    try:
        while os.read(0, 1024):
            pass
    except OSError:
        pass
    stop.request("cancelled")


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that leads a group, and all that it has started and left running."""
    kill_group(process)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        pass


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """As kill_all, without waiting for the end."""
    try:
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, timeout=5)
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (OSError, subprocess.TimeoutExpired):
        pass


def peak_memory() -> Optional[int]:
    """Bytes that the largest child had in use; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
