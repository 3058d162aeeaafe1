"""The run of a notebook: its cells in order, in one kernel, until the end, an error, a limit or a stop."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, TypedDict

from driver import Stop, kill_all, kill_group, peak_memory
from notebook_kernel import connect, make_kernel_manager
from redaction import Redactor

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from notebook_evidence import Evidence
    from run_notebook import Request

# How long the kernel may take to end by itself after the last cell: exit handlers write files.
SHUTDOWN_LIMIT = 10.0


class Outcome(TypedDict, total=False):
    status: str
    """ok, error, cell-timeout, output-lost, died, start-failed, no-effect, timeout, cancelled or failed."""
    cell: int
    """Code cell where it ended, 1-based; 0 is the cell with the parameters, none means before the first."""
    execution_count: Optional[int]
    """What Jupyter shows for this cell: 3 as `In [3]`."""
    total: int
    """Code cells of the notebook, without the one that sets the parameters."""
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
    """Of the code cells that were executed: number, first line, seconds."""
    images: list[str]
    """Paths of the last plots."""
    has_secrets: bool
    """Whether secrets were replaced in the executed notebook."""


class Run:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.executed = Path(request["executed"])
        self.outcome: Outcome = {
            "status": "failed",
            "total": 0,
            "warnings": [],
            "timings": [],
            "images": [],
            "has_secrets": False,
        }
        self.redactor = Redactor(request["secrets"])
        self.notebook: Optional[NotebookNode] = None
        self.evidence: Optional[Evidence] = None
        self.manager = make_kernel_manager(request["kernel_python"], request["strict"])
        self.process: Any = None
        self.started = 0.0

    async def launch_kernel(self) -> None:
        """Only starts its process, which takes a while to answer."""
        await self.manager.start_kernel(
            cwd=self.request["cwd"],
            env=self.request["kernel_environment"],
            # What asks a question finds that there is no answer, instead of waiting for one.
            stdin=asyncio.subprocess.DEVNULL,
        )
        self.process = self.manager.provisioner.process

    def prepare(self) -> None:
        # Imported while the kernel starts.
        from notebook_client import LiveClient, Transcript
        from notebook_evidence import Evidence
        from notebook_file import inject_parameters, is_injected, overwritten_parameter, read_notebook

        notebook = read_notebook(Path(self.request["notebook"]))
        self.outcome["warnings"] += inject_parameters(notebook, self.request["parameters"])
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.outcome["total"] = sum(1 for cell in code if not is_injected(cell))
        self.notebook = notebook
        self.client = LiveClient(
            notebook,
            km=self.manager,
            # As a setting it would have to be whole seconds.
            timeout_func=lambda _: self.request["cell_timeout"],
            # Output that does not arrive is an error; nothing is cut silently.
            iopub_timeout=300,
            raise_on_iopub_timeout=True,
            # That takes hours for a long line. The client does it while output arrives.
            coalesce_streams=False,
            force_raise_errors=self.request["strict"],
        )
        self.client.transcript = Transcript()
        self.client.warn_of_output = self.warn_of_output
        self.evidence = Evidence(notebook, self.executed, self.redactor, self.outcome["warnings"])
        self.evidence.begin()
        overwritten = overwritten_parameter(notebook, self.request["parameters"])
        if overwritten is not None:
            self.outcome["message"] = overwritten
            raise Ended("no-effect")

    def warn_of_output(self, cell: NotebookNode, reason: str) -> None:
        self.outcome["warnings"].append(
            f"The cell that begins with `{self.beginning(cell)}` sent output that is not valid and is left out: {reason}"
        )

    def beginning(self, cell: NotebookNode) -> str:
        from notebook_client import first_line

        # It is cut, and half a secret would not be known as one.
        return first_line(self.redactor.text(cell.source))

    async def execute_cells(self) -> None:
        from notebook_file import is_injected

        assert self.notebook is not None and self.evidence is not None
        number = 0
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code":
                continue
            number += 0 if is_injected(cell) else 1
            if not cell.source.strip() or "skip-execution" in cell.metadata.get("tags", []):
                continue
            place = 0 if is_injected(cell) else number
            self.outcome["cell"] = place
            beginning = self.beginning(cell)
            self.outcome["timings"].append({"cell": place, "first_line": beginning, "seconds": 0.0})
            self.client.transcript.header(place, self.outcome["total"], beginning)
            self.started = time.monotonic()
            try:
                await self.execute_cell(cell, index)
            finally:
                self.outcome["execution_count"] = cell.get("execution_count")
                self.note_time()
                self.client.settle_output()
                self.evidence.save_in_between()

    async def execute_cell(self, cell: NotebookNode, index: int) -> None:
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
        from notebook_errors import describe_error, last_error

        try:
            await self.client.async_execute_cell(cell, index)
        except CellExecutionError as error:
            self.outcome.update(describe_error(cell, error.ename, error.evalue))  # type: ignore[typeddict-item]
            raise Ended("error") from error
        except CellTimeoutError as error:
            # The text of the cell follows.
            message = str(error).partition("Here is a preview of the cell contents")[0]
            raise Ended("output-lost" if "IOPub" in message else "cell-timeout") from error
        except DeadKernelError as error:
            self.note_death()
            raise Ended("died") from error
        # Jupyter takes a cell for a good one when the script failed that it has started with %run.
        shown = last_error(cell)
        if shown is not None and not self.client.expects_error(cell):
            self.outcome.update(describe_error(cell, shown.ename, shown.evalue))  # type: ignore[typeddict-item]
            raise Ended("error")

    def note_time(self) -> None:
        """How long the cell has run that was started last."""
        if self.outcome["timings"]:
            self.outcome["timings"][-1]["seconds"] = round(time.monotonic() - self.started, 3)

    def note_death(self) -> None:
        self.outcome["exit_code"] = None if self.process is None else self.process.poll()
        self.outcome["peak_memory"] = peak_memory()

    async def execute(self) -> str:
        """Returns the status."""
        await self.launch_kernel()
        try:
            self.prepare()
        except Ended as end:
            return end.status
        try:
            self.client.kc = await connect(self.manager, self.request["start_timeout"])
        except RuntimeError as error:
            self.outcome["message"] = str(error)
            self.note_death()
            return "start-failed"
        try:
            await self.execute_cells()
            await self.shut_down()
        except Ended as end:
            return end.status
        finally:
            self.client.set_widgets_metadata()
        return "ok"

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
            await self.client.take_late_output(0.01)

    def finish(self) -> Outcome:
        """Ends what is left of the kernel, and keeps the evidence."""
        if self.process is not None:
            kill_all(self.process)
        if self.evidence is not None:
            self.client.transcript.finish()
            self.client.settle_output()
            self.outcome["images"] = self.evidence.finish()
        self.outcome["has_secrets"] = self.redactor.has_found
        for key in ("ename", "evalue", "traceback", "message", "timings", "warnings"):
            if key in self.outcome:
                self.outcome[key] = self.redactor.value(self.outcome[key])  # type: ignore[literal-required]
        return self.outcome

    def abandon(self) -> None:
        """Leaves nothing behind, when there is no time for anything else."""
        if self.process is not None:
            kill_group(self.process)
        if self.evidence is not None:
            self.evidence.abandon()


class Ended(Exception):
    """The run is over before its last cell."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


async def run(request: Request, stop: Stop) -> Outcome:
    """Runs the notebook; how it ended is in the outcome, not in an exception."""
    this = Run(request)
    stop.at_worst(this.abandon)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    stop.listen(lambda: loop.call_soon_threadsafe(stopped.set))
    work = asyncio.ensure_future(this.execute())
    stopping = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait({work, stopping}, timeout=request["notebook_timeout"], return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            this.outcome["status"] = work.result()
        else:
            work.cancel()
            # The client takes a cancellation for a dead kernel, so this comes after its end.
            await asyncio.wait({work}, timeout=2)
            this.outcome["status"] = stop.reason or "timeout"
    except Exception as error:
        this.outcome["status"] = "failed"
        this.outcome["message"] = f"{type(error).__name__}: {error}"
    return this.finish()
