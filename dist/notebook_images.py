"""The notebook's last plots as files, for people who do not open the notebook."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Any, Iterator

from notebook_file import is_injected
from redaction import Redactor

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
OUR_NAME = re.compile(r"cell-\d+-\d+\.(png|jpg|svg)")

MOST_IMAGES = 5
# In bytes; a larger image stays in the notebook only.
LARGEST_IMAGE = 5_000_000


def folder_of(executed: Path) -> Path:
    return executed.with_name(f"{executed.stem}-images")


def remove_images(executed: Path) -> None:
    """Removes what an earlier run of this notebook has left."""
    folder = folder_of(executed)
    remove_link(folder)
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if OUR_NAME.fullmatch(path.name):
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def write_images(notebook: Any, executed: Path, redactor: Redactor) -> list[str]:
    """Writes the last images beside the executed notebook, such as `cell-07-1.png`. Returns their paths."""
    images = list(all_images(notebook, redactor))[-MOST_IMAGES:]
    folder = folder_of(executed)
    remove_link(folder)
    if images:
        folder.mkdir(exist_ok=True)
    paths = [folder / name for name, _ in images]
    for path, (_, content) in zip(paths, images):
        remove_link(path)
        path.write_bytes(content)
    return [str(path) for path in paths]


def remove_link(path: Path) -> None:
    """A repository or notebook may have put a link there: what it points to is not ours to change."""
    if path.is_symlink():
        path.unlink()


def all_images(notebook: Any, redactor: Redactor) -> Iterator[tuple[str, bytes]]:
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or is_injected(cell):
            continue
        number += 1
        count = 0
        for output in cell.outputs:
            data = output.get("data", {})
            kind = next((kind for kind in ENDINGS if kind in data), None)
            content = None if kind is None else content_of(kind, data[kind], redactor)
            if kind is None or content is None or not 0 < len(content) <= LARGEST_IMAGE:
                continue
            count += 1
            yield f"cell-{number:02}-{count}.{ENDINGS[kind]}", content


def content_of(kind: str, data: Any, redactor: Redactor) -> bytes | None:
    text = data if isinstance(data, str) else "".join(data)
    if kind == "image/svg+xml":
        return redactor.text(text).encode("utf-8", "replace")
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None
