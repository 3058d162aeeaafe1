"""Runs one program to its end. Its request comes as driver.py says.

What the program prints goes straight to stdout, both streams in the order in which they were written. It reads nothing: its
stdin is at its end. When it ends, what it has started and left running is ended too.
"""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
from typing import Any, Optional, TypedDict

from driver import Stop, drive, kill_all, kill_group, peak_memory

# How long a program that is to stop may take to save its work, in seconds.
GRACE = 3.0


class Request(TypedDict):
    command: list[str]
    cwd: str
    environment: dict[str, str]
    timeout: Optional[float]
    """Seconds."""
    result: str


def run(request: Request, stop: Stop) -> dict[str, Any]:
    """Returns the status ok, error, died, timeout, cancelled or failed, with exit code and peak memory."""
    # Reentrant, as what a signal handler calls has to be.
    events: queue.SimpleQueue[str] = queue.SimpleQueue()
    try:
        process = subprocess.Popen(
            request["command"],
            cwd=request["cwd"],
            env=request["environment"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return {"status": "failed", "message": str(error)}
    threading.Thread(target=lambda: events.put(f"ended {process.wait()}"), daemon=True).start()
    stop.at_worst(lambda: kill_group(process))
    stop.listen(lambda: events.put("stop"))
    try:
        event = events.get(timeout=request["timeout"])
    except queue.Empty:
        event = "timeout"
    if event in ("stop", "timeout"):
        ask_to_end(process)
        status = stop.reason or event
    else:
        status = "ok" if process.returncode == 0 else "error" if process.returncode > 0 else "died"
    kill_all(process)
    return {"status": status, "exit_code": process.returncode, "peak_memory": peak_memory()}


def ask_to_end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        return
    try:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=GRACE)
    except (OSError, subprocess.TimeoutExpired):
        pass


if __name__ == "__main__":
    drive(run)
