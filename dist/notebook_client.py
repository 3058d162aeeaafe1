"""The cells' way to the kernel and back, with their output shown while they run."""

from __future__ import annotations

import sys
from queue import Empty
from typing import Any, Callable, Optional

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from stream_text import StreamText

OUTPUTS = ("stream", "display_data", "update_display_data", "execute_result", "error", "clear_output")


class Transcript:
    """What a person reads in the log: each cell's first line, then what it prints, unchanged."""

    def __init__(self) -> None:
        self._at_line_start = True

    def header(self, number: int, total: int, first_line: str) -> None:
        place = f"[{number}/{total}]" if number > 0 else "[parameters]"
        self._line(f"{place} {first_line}")

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


def first_line(source: str) -> str:
    """What a cell is known by."""
    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return first if len(first) <= 100 else first[:99] + "…"


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
    """Shows each output as it arrives, also one of a thread whose cell is long done."""

    transcript: Transcript
    warn_of_output: Callable[[NotebookNode, str], None]
    """Told once a cell of output that is none by the rules, and why."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._odd_cells: set[int] = set()
        self._cells: dict[str, tuple[NotebookNode, int]] = {}
        self._streams: dict[int, StreamText] = {}
        """Of each cell by its index, the text that it has printed last."""

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        self._cells[parent_msg_id] = (cell, cell_index)
        while True:
            msg = await self.kc.iopub_channel.get_msg(timeout=None)
            if msg["parent_header"].get("msg_id") != parent_msg_id:
                self._take_late(msg)
                continue
            try:
                self.process_message(msg, cell, cell_index)
            except CellExecutionComplete:
                return

    async def take_late_output(self, seconds: float) -> None:
        """Reads what arrives within this time after the last cell."""
        try:
            self._take_late(await self.kc.iopub_channel.get_msg(timeout=seconds))
        except Empty:
            pass

    def _take_late(self, msg: dict[str, Any]) -> None:
        place = self._cells.get(msg["parent_header"].get("msg_id"))
        if place is not None and msg["msg_type"] in OUTPUTS:
            self.process_message(msg, *place)

    def expects_error(self, cell: NotebookNode) -> bool:
        """Whether an error of this cell is no failure."""
        return not self.force_raise_errors and "raises-exception" in cell.metadata.get("tags", [])

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Optional[NotebookNode]:
        try:
            self.transcript.message(msg["msg_type"], msg["content"], self.expects_error(cell))
            result: Optional[NotebookNode] = super().process_message(msg, cell, cell_index)
            return result
        except CellExecutionComplete:
            raise
        except Exception as error:
            # Anything can be sent; it must not end hours of training.
            if cell_index not in self._odd_cells:
                self._odd_cells.add(cell_index)
                self.warn_of_output(cell, str(error).partition("\n")[0])
            return None

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int) -> Any:
        """Adds what a cell prints to what it has printed just before."""
        if msg["msg_type"] != "stream":
            return super().output(outs, msg, display_id, cell_index)
        growing = self._streams.get(cell_index)
        name, text = msg["content"]["name"], msg["content"]["text"]
        is_hooked = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if growing and not is_hooked and not self.clear_before_next_output:
            if outs and outs[-1] is growing.output and growing.output.name == name:
                growing.add(text)
                return growing.output
        output = super().output(outs, msg, display_id, cell_index)
        if output is not None:
            if growing:
                growing.settle()
            self._streams[cell_index] = StreamText(output)
        return output

    def settle_output(self) -> None:
        """Puts all that was printed into the notebook."""
        for growing in self._streams.values():
            growing.settle()
