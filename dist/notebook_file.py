"""Reading, writing and parameterising the notebook file."""

from __future__ import annotations

import ast
import json
import os
import re
import warnings
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Iterable, Optional

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, nbformat_minor

INJECTED_TAG = "injected-parameters"
PARAMETERS_TAG = "parameters"

# Keys of cells of format 4.5.
COMMON_KEYS = {"id", "cell_type", "metadata", "source"}
KEYS = {
    "code": COMMON_KEYS | {"outputs", "execution_count"},
    "markdown": COMMON_KEYS | {"attachments"},
    "raw": COMMON_KEYS | {"attachments"},
}


def read_notebook(path: Path) -> NotebookNode:
    """Reads a notebook of any format, brings it to version 4 and removes what its schema does not allow."""
    text = json.dumps(without_outputs(json.loads(path.read_text(encoding="utf-8-sig"))))
    with warnings.catch_warnings():
        # Small violations of the schema are common, and repaired here.
        warnings.simplefilter("ignore")
        notebook = nbformat.reads(text, as_version=4)
        # Every cell gets an id, which formats before 4.5 do not allow.
        minor = notebook.nbformat_minor = max(notebook.get("nbformat_minor", 0), nbformat_minor)
        for cell in notebook.cells:
            mend(cell, may_have_more=minor > nbformat_minor)
        _, notebook = nbformat.validator.normalize(notebook, strip_invalid_metadata=True)
    return nbformat.from_dict(notebook)


def without_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """Those of somebody else's run, and states of their widgets, are of no use, and must not stop this one by faults."""
    notebook["metadata"] = mapping(notebook.get("metadata"))
    notebook["metadata"].pop("widgets", None)
    for sheet in notebook.get("worksheets", [notebook]):
        sheet.setdefault("cells", [])
        for cell in sheet["cells"]:
            cell["metadata"] = mapping(cell.get("metadata"))
            if cell.get("source", "") is None:
                cell["source"] = ""
            if cell.get("cell_type") == "code":
                cell["outputs"] = []
    return notebook


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def mend(cell: NotebookNode, may_have_more: bool) -> None:
    """Without this the saved notebook would not be valid. A later format than ours may have more keys."""
    cell.setdefault("source", "")
    if cell.cell_type == "code":
        cell.execution_count = None
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(cell.get("id", ""))):
        cell.pop("id", None)
    if not may_have_more:
        for key in set(cell) - KEYS[cell.cell_type]:
            del cell[key]


def unfinished(path: Path) -> Path:
    """Where a notebook is until all of it is written."""
    return path.with_name(f".{path.name}.part")


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Replaces the file in one step, so that there is always a whole notebook to look at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = nbformat.writes(notebook)
    temporary = unfinished(path)
    temporary.parent.mkdir(parents=True, exist_ok=True)
    # It may be a link by now.
    temporary.unlink(missing_ok=True)
    try:
        with temporary.open("x", encoding="utf-8", errors="replace") as file:
            file.write(text if text.endswith("\n") else text + "\n")
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def is_injected(cell: NotebookNode) -> bool:
    return INJECTED_TAG in cell.metadata.get("tags", [])


def inject_parameters(notebook: NotebookNode, parameters: dict[str, str]) -> list[str]:
    """Adds a cell that sets the parameters, after the one tagged `parameters` or as the first. Returns warnings.

    The values are Python source.
    """
    if not parameters:
        return []
    notebook.cells = [cell for cell in notebook.cells if not is_injected(cell)]
    doubts = unknown_parameters(notebook.cells, parameters)
    tagged = _tagged(notebook.cells)
    lines = ["# Set by the input notebook_parameters"] + [f"{name} = {value}" for name, value in parameters.items()]
    cell = new_code_cell("\n".join(lines), metadata={"tags": [INJECTED_TAG]})
    notebook.cells.insert(tagged[0] + 1 if tagged else 0, cell)
    return doubts


def overwritten_parameter(notebook: NotebookNode, parameters: Iterable[str]) -> Optional[str]:
    """A sentence about a parameter that would have no effect: a cell sets it anew before anything can use it.

    In doubt there is none: whatever else mentions a parameter may use it.
    """
    waiting = list(parameters)
    has_tag = bool(_tagged(notebook.cells))
    remedy = "remove that line" if has_tag else "give that cell the tag `parameters`"
    number, is_set = 0, False
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if is_injected(cell):
            is_set = True
            continue
        number += 1
        if not is_set or "skip-execution" in cell.metadata.get("tags", []):
            continue
        for statement, text in _statements(cell.source):
            for name in waiting:
                if statement is not None and _only_sets(statement, text, name):
                    return f"cell {number} sets `{name}` anew before anything uses it; {remedy}"
            mentioned = set(re.findall(r"\w+", text))
            waiting = [name for name in waiting if name not in mentioned]
    return None


def _statements(source: str) -> list[tuple[Optional[ast.stmt], str]]:
    """Of a cell that is more than Python, such as magic commands, the text only."""
    try:
        return [(one, ast.get_source_segment(source, one) or source) for one in ast.parse(source).body]
    except (SyntaxError, ValueError):
        return [(None, source)]


def _only_sets(statement: ast.stmt, text: str, name: str) -> bool:
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets = [statement.target]
    else:
        return False
    is_target = any(isinstance(target, ast.Name) and target.id == name for target in targets)
    return is_target and re.findall(r"\w+", text).count(name) == 1


def unknown_parameters(cells: list[NotebookNode], names: Iterable[str]) -> list[str]:
    """A sentence for each parameter that is most likely misspelt."""
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    used = set(re.findall(r"\w+", "\n".join(code)))
    tagged = _tagged(cells)
    defaults = _assigned_names(cells[tagged[0]].source) if tagged else None
    known = used if defaults is None else defaults
    where = "No code cell of the notebook mentions" if defaults is None else "The cell tagged `parameters` does not set"
    doubts = []
    for name in names:
        if name in known:
            continue
        similar = get_close_matches(name, known, n=1, cutoff=0.75)
        question = f" Is `{similar[0]}` meant?" if similar else ""
        doubts.append(f"{where} `{name}`, which the input notebook_parameters gives.{question}")
    return doubts


def _tagged(cells: list[NotebookNode]) -> list[int]:
    return [index for index, cell in enumerate(cells) if PARAMETERS_TAG in cell.metadata.get("tags", [])]


def _assigned_names(source: str) -> Optional[set[str]]:
    """None when the cell is more than Python, such as magic commands."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
