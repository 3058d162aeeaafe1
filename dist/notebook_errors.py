"""What a cell's error says, and where it was raised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from nbformat import NotebookNode

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def last_error(cell: NotebookNode) -> Any:
    """The last error among the outputs of a cell; None if there is none."""
    return next((output for output in reversed(cell.outputs) if output.output_type == "error"), None)


def describe_error(cell: NotebookNode, ename: str, evalue: str) -> dict[str, Any]:
    """The part of the outcome that tells the error of a cell."""
    shown = last_error(cell)
    lines = [f"{ename}: {evalue}"] if shown is None else shown.traceback
    traceback = ANSI.sub("", "\n".join(lines))
    line = failing_line(traceback, cell.get("execution_count"))
    return {
        "ename": ename,
        "evalue": ANSI.sub("", evalue),
        "traceback": traceback,
        "line": unknown_magic_line(cell.source, evalue) if line is None else line,
    }


def failing_line(traceback: str, execution_count: Optional[int]) -> Optional[int]:
    """Line of the cell, 1-based, where the error was raised; None where IPython does not show it."""
    # IPython 8.5 and newer.
    lines = re.findall(rf"^\s*(?:File )?Cell In ?\[{execution_count}\], line (\d+)", traceback, re.MULTILINE)
    if lines:
        return int(lines[-1])
    # Older ones call a cell by number, or by a file of its own; the outermost frame, which is first, is this cell's.
    name = re.search(rf"Input In \[{execution_count}\]|(?<![^\s\"])[^\s\"]*ipykernel_\d+[/\\]\d+\.py|<ipython-input-[^>]*>", traceback)
    if name is None:
        return None
    cell = re.escape(name.group())
    frames = re.findall(rf"^{cell},? in [^\n]*\n(?:[^\n]+\n)*?-+> ?(\d+)", traceback, re.MULTILINE)
    if frames:
        return int(frames[-1])
    syntax = re.search(rf"{cell}\"?, line (\d+)", traceback)
    return int(syntax.group(1)) if syntax else None


def unknown_magic_line(source: str, evalue: str) -> Optional[int]:
    """Line of a magic that there is not, which IPython tells without a traceback."""
    name = re.search(r"magic (?:function )?`(%+\S+?)` not found", evalue)
    if name is None:
        return None
    for number, line in enumerate(source.split("\n"), 1):
        if re.search(rf"(?<!%){re.escape(name.group(1))}(?!\w)", line):
            return number
    return None
