"""What is kept of a run: the executed notebook, saved while it runs, and its last plots as files; without secrets."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Optional

from nbformat import NotebookNode
from notebook_file import unfinished, write_notebook
from notebook_images import remove_images, write_images
from redaction import Redactor

# Saving may take this part of the time: a large notebook is not saved after every cell.
SAVING_SHARE = 0.1


class Evidence:
    """Nothing here ends a run: what goes wrong is added to the warnings."""

    def __init__(self, notebook: NotebookNode, path: Path, redactor: Redactor, warnings: list[str]) -> None:
        self._notebook = notebook
        self._path = path
        self._redactor = redactor
        self._warnings = warnings
        self._saved: Optional[tuple[int, int, int]] = None
        self._next_save = 0.0
        self._has_failed = False

    def begin(self) -> None:
        """Removes the plots of an earlier run, and saves the notebook before its first cell."""
        try:
            remove_images(self._path)
        except OSError as error:
            self._warnings.append(f"The plots of an earlier run could not be removed: {error}")
        self.save_in_between()

    def save_in_between(self) -> None:
        """Saves, unless that was done a short time ago for the time it takes."""
        started = time.monotonic()
        if started < self._next_save:
            return
        try:
            self._save()
        except Exception as error:
            # A full disk may have room again at the end; hours of training must not end here.
            if not self._has_failed:
                self._warnings.append(f"The executed notebook could not be saved during the run: {describe(error)}")
            self._has_failed = True
        now = time.monotonic()
        self._next_save = now + (now - started) / SAVING_SHARE

    def finish(self) -> list[str]:
        """Saves notebook and plots. Returns the paths of the plots."""
        try:
            self._save()
        except Exception as error:
            self._warnings.append(f"The executed notebook could not be saved: {describe(error)}")
            self._remove_foreign()
        try:
            return write_images(self._notebook, self._path, self._redactor)
        except OSError as error:
            self._warnings.append(f"The last plots could not be saved as files: {error}")
            return []

    def abandon(self) -> None:
        """Leaves no half-written file behind."""
        unfinished(self._path).unlink(missing_ok=True)

    def _save(self) -> None:
        write_notebook(self._redactor.notebook(self._notebook), self._path)
        self._saved = identity(self._path)

    def _remove_foreign(self) -> None:
        """Removes a file that the training has put in place of the notebook: nobody has looked for secrets in it."""
        try:
            is_folder = self._path.is_dir() and not self._path.is_symlink()
            if not is_folder and identity(self._path) not in (None, self._saved):
                self._path.unlink()
                self._warnings.append(f"What the training has put in place of {self._path} was removed.")
        except OSError as error:
            self._warnings.append(f"What the training has put in place of {self._path} is there still: {error}")


def identity(path: Path) -> Optional[tuple[int, int, int]]:
    """Changes with the file; None when there is none."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_size)


def describe(error: Exception) -> str:
    return str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
