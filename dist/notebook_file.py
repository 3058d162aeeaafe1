"""Reading, writing and parameterising the notebook file."""

from __future__ import annotations

import ast
import os
import warnings
from pathlib import Path
from typing import Any, Optional

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, nbformat_minor

INJECTED_TAG = "injected-parameters"
PARAMETERS_TAG = "parameters"


def read_notebook(path: Path) -> NotebookNode:
    """Reads a notebook of any format, brings it to version 4 and clears the outputs that somebody else's run left."""
    text = path.read_text(encoding="utf-8-sig")
    with warnings.catch_warnings():
        # Small violations of the schema are common, and repaired below.
        warnings.simplefilter("ignore")
        notebook = nbformat.reads(text, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
                cell.setdefault("metadata", NotebookNode())
        # Every cell gets an id, which formats before 4.5 do not allow.
        notebook.nbformat_minor = max(notebook.get("nbformat_minor", 0), nbformat_minor)
        _, notebook = nbformat.validator.normalize(notebook, version=4, version_minor=notebook.nbformat_minor)
    return nbformat.from_dict(notebook)


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Replaces the file in one step, so that there is always a whole notebook to look at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = nbformat.writes(notebook)
    temporary = path.with_name(f".{path.name}.part")
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


def inject_parameters(notebook: NotebookNode, parameters: dict[str, Any]) -> list[str]:
    """Adds a cell that sets the parameters, after the one tagged `parameters` or as the first. Returns warnings."""
    if not parameters:
        return []
    notebook.cells = [cell for cell in notebook.cells if not is_injected(cell)]
    tagged = [index for index, cell in enumerate(notebook.cells) if PARAMETERS_TAG in cell.metadata.get("tags", [])]
    lines = ["# Set by the input notebook_parameters"] + [f"{name} = {value!r}" for name, value in parameters.items()]
    cell = new_code_cell("\n".join(lines), metadata={"tags": [INJECTED_TAG]})
    notebook.cells.insert(tagged[0] + 1 if tagged else 0, cell)
    if not tagged:
        return []
    known = _assigned_names(notebook.cells[tagged[0]].source)
    return [
        f"The notebook's cell tagged `parameters` does not set `{name}`, which notebook_parameters gives."
        for name in parameters
        if known is not None and name not in known
    ]


def _assigned_names(source: str) -> Optional[set[str]]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
