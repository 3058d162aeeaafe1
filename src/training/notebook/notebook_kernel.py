"""The kernel, which is always the one that this run has prepared, and the output of cells while they run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Optional

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets import Unicode


class OneKernel(KernelSpecManager):
    """Knows one kernel. No folder is searched, so whatever kernels the machine has installed have no effect."""

    python = Unicode()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        start = str(Path(__file__).with_name("kernel_start.py"))
        argv = [self.python, start, "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python", language="python")


def make_kernel_manager(python: str) -> AsyncKernelManager:
    context = zmq.asyncio.Context()
    # Sockets made from here on queue without a limit: the default drops output when a cell prints faster than it is read.
    context.rcvhwm = 0
    return AsyncKernelManager(context=context, kernel_name="training", kernel_spec_manager=OneKernel(python=python))


class Transcript:
    """What a person reads in the log: each cell's first line, then what it prints, unchanged."""

    def __init__(self) -> None:
        self._at_line_start = True

    def header(self, number: int, total: int, source: str) -> None:
        first = next((line.strip() for line in source.splitlines() if line.strip()), "")
        shown = first if len(first) <= 100 else first[:99] + "…"
        place = f"[{number}/{total}]" if number > 0 else "[parameters]"
        self._line(f"{place} {shown}")

    def message(self, kind: str, content: dict[str, Any], expected_error: bool) -> None:
        if kind == "stream":
            self._write(content["text"])
        elif kind in ("display_data", "execute_result"):
            self._line(describe(content.get("data", {})))
        elif kind == "error" and expected_error:
            self._line(f"{content['ename']}: {content['evalue']} (expected: the cell is tagged raises-exception)")

    def finish(self) -> None:
        if not self._at_line_start:
            self._write("\n")

    def _line(self, text: str) -> None:
        self.finish()
        self._write(text + "\n")

    def _write(self, text: str) -> None:
        if text == "":
            return
        self._at_line_start = text.endswith("\n")
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            # Nobody reads any more: the stop that follows is on its way.
            pass


def describe(data: dict[str, Any]) -> str:
    """A rich output as one piece of text."""
    image = next((kind for kind in data if kind.startswith("image/")), None)
    if image is not None:
        return f"<{image}>"
    if "text/plain" in data:
        plain = data["text/plain"]
        return plain if isinstance(plain, str) else "".join(plain)
    return f"<{next(iter(data), 'nothing')}>"


class LiveClient(NotebookClient):
    """Shows each output as it arrives."""

    transcript: Optional[Transcript] = None

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Optional[NotebookNode]:
        if self.transcript is not None:
            expected = "raises-exception" in cell.metadata.get("tags", [])
            self.transcript.message(msg["msg_type"], msg["content"], expected)
        result: Optional[NotebookNode] = super().process_message(msg, cell, cell_index)
        return result
