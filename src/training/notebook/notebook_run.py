"""The run of a notebook: its cells in order, in one kernel, until the end, an error, a limit or a stop."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, TypedDict

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from notebook_file import inject_parameters, is_injected, read_notebook, write_notebook
from notebook_kernel import LiveClient, Transcript, make_kernel_manager

if TYPE_CHECKING:
    from run_notebook import Request, Stop

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")

# How long the kernel may take to end by itself after the last cell: exit handlers write files.
SHUTDOWN_LIMIT = 10.0


class Outcome(TypedDict, total=False):
    status: str
    """ok, error, cell-timeout, output-lost, died, start-failed, timeout, cancelled, orphaned or failed."""
    cell: int
    """Code cell where it ended, 1-based; 0 is the cell with the parameters, none means before the first."""
    total: int
    """Code cells of the notebook, without the one that sets the parameters."""
    executed: int
    ename: str
    evalue: str
    line: Optional[int]
    traceback: str
    exit_code: Optional[int]
    peak_memory: Optional[int]
    """Bytes."""
    message: str
    warnings: list[str]
    timings: list[dict[str, Any]]


class Run:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.outcome: Outcome = {"status": "failed", "total": 0, "executed": 0, "warnings": [], "timings": []}
        self.transcript = Transcript()
        self.notebook: Optional[NotebookNode] = None
        self.group: Optional[int] = None

    def prepare(self) -> None:
        notebook = read_notebook(Path(self.request["notebook"]))
        self.outcome["warnings"] += inject_parameters(notebook, self.request["parameters"])
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.outcome["total"] = sum(1 for cell in code if not is_injected(cell))
        self.notebook = notebook
        self.manager = make_kernel_manager(self.request["kernel_python"])
        self.client = LiveClient(
            notebook,
            km=self.manager,
            timeout=self.request["cell_timeout"],
            # Output that does not arrive is an error; nothing is cut silently.
            iopub_timeout=300,
            raise_on_iopub_timeout=True,
            coalesce_streams=True,
        )
        self.client.transcript = self.transcript
        self.save()

    def save(self) -> None:
        if self.notebook is not None:
            write_notebook(self.notebook, Path(self.request["executed"]))

    async def start_kernel(self) -> None:
        await self.client.async_start_new_kernel(cwd=self.request["cwd"], env=self.request["kernel_environment"])
        process = self.process()
        if process is not None and hasattr(os, "getpgid"):
            self.group = os.getpgid(process.pid)
        client = self.manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=self.request["start_timeout"])
        client.allow_stdin = False
        self.client.kc = client

    def process(self) -> Any:
        return getattr(self.manager.provisioner, "process", None)

    async def execute_cells(self) -> None:
        assert self.notebook is not None
        number = 0
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code":
                continue
            number += 0 if is_injected(cell) else 1
            if not cell.source.strip() or "skip-execution" in cell.metadata.get("tags", []):
                continue
            self.outcome["cell"] = 0 if is_injected(cell) else number
            self.transcript.header(self.outcome["cell"], self.outcome["total"], cell.source)
            started = time.monotonic()
            try:
                await self.client.async_execute_cell(cell, index)
            except CellExecutionError as error:
                self.record_error(error, cell)
                raise
            finally:
                seconds = round(time.monotonic() - started, 3)
                self.outcome["timings"].append({"cell": self.outcome["cell"], "seconds": seconds})
                self.save()
            self.outcome["executed"] += 0 if is_injected(cell) else 1

    def record_error(self, error: CellExecutionError, cell: NotebookNode) -> None:
        outputs = [output for output in cell.outputs if output.output_type == "error"]
        lines = "\n".join(outputs[-1].traceback) if outputs else error.traceback
        traceback = ANSI.sub("", lines)
        self.outcome["ename"] = error.ename
        self.outcome["evalue"] = ANSI.sub("", error.evalue)
        self.outcome["traceback"] = traceback
        self.outcome["line"] = failing_line(traceback, cell.get("execution_count"))

    async def execute(self) -> None:
        try:
            await self.start_kernel()
        except Exception as error:
            self.outcome["message"] = str(error)
            self.note_death()
            self.outcome["status"] = "start-failed"
            return
        try:
            await self.execute_cells()
            self.client.set_widgets_metadata()
            await self.shut_down()
            self.outcome["status"] = "ok"
        except CellExecutionError:
            self.outcome["status"] = "error"
        except CellTimeoutError as error:
            lost = "IOPub" in str(error)
            self.outcome["status"] = "output-lost" if lost else "cell-timeout"
        except DeadKernelError:
            self.note_death()
            self.outcome["status"] = "died"

    async def shut_down(self) -> None:
        """Lets the kernel end by itself, so that exit handlers run."""
        await self.manager.request_shutdown()
        deadline = time.monotonic() + SHUTDOWN_LIMIT
        while await self.manager.is_alive():
            if time.monotonic() > deadline:
                self.outcome["warnings"].append(
                    f"The kernel did not end within {SHUTDOWN_LIMIT:.0f} s after the last cell and was stopped."
                )
                return
            await asyncio.sleep(0.05)

    def note_death(self) -> None:
        process = self.process()
        self.outcome["exit_code"] = None if process is None else process.poll()
        if sys.platform != "win32":
            import resource

            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            self.outcome["peak_memory"] = peak if sys.platform == "darwin" else peak * 1024

    def kill(self) -> None:
        """Ends the kernel and all that cells have started and left running."""
        process = self.process() if hasattr(self, "manager") else None
        try:
            if self.group is not None and self.group != os.getpgrp():
                os.killpg(self.group, signal.SIGKILL)
            elif process is not None:
                process.kill()
            if process is not None:
                process.wait(timeout=5)
        except (OSError, subprocess.TimeoutExpired):
            pass


async def run(request: Request, stop: Stop) -> Outcome:
    """Runs the notebook; how it ended is in the outcome, not in an exception."""
    this = Run(request)
    limit = request["notebook_timeout"]
    try:
        this.prepare()
        work = asyncio.ensure_future(this.execute())
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({work, stopping}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        else:
            work.cancel()
            # The client takes a cancellation for a dead kernel, so this comes after its end.
            await asyncio.wait({work}, timeout=2)
            this.outcome["status"] = stop.reason or "timeout"
    except Exception as error:
        this.outcome["status"] = "failed"
        this.outcome["message"] = f"{type(error).__name__}: {error}"
    this.transcript.finish()
    try:
        this.kill()
    finally:
        this.save()
    return this.outcome


def failing_line(traceback: str, execution_count: Optional[int]) -> Optional[int]:
    """Line of the cell, 1-based, where the error was raised; None where IPython does not show it."""
    # IPython 8.5 and newer.
    lines = re.findall(rf"^\s*(?:File )?Cell In ?\[{execution_count}\], line (\d+)", traceback, re.MULTILINE)
    if lines:
        return int(lines[-1])
    # Older ones call a cell by number, or by a file of its own; the outermost frame, which is first, is this cell's.
    name = re.search(rf"Input In \[{execution_count}\]|[^\s\"]*ipykernel_\d+[/\\]\d+\.py|<ipython-input-[^>]*>", traceback)
    if name is None:
        return None
    cell = re.escape(name.group())
    frames = re.findall(rf"^{cell},? in [^\n]*\n(?:[^\n]+\n)*?-+> ?(\d+)", traceback, re.MULTILINE)
    if frames:
        return int(frames[-1])
    syntax = re.search(rf"{cell}\"?, line (\d+)", traceback)
    return int(syntax.group(1)) if syntax else None
