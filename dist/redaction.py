"""Secrets that must not stay in what is kept."""

from __future__ import annotations

from typing import Any


class Redactor:
    """Replaces secrets by `***`, as the action does in its log."""

    def __init__(self, forms: list[str]) -> None:
        """`forms` are the secrets in each form in which they travel, the longest first."""
        self._forms = forms
        self.has_found = False

    def text(self, text: str) -> str:
        for form in self._forms:
            if form in text:
                text = text.replace(form, "***")
                self.has_found = True
        return text

    def value(self, value: Any) -> Any:
        """A copy of what JSON can hold, with all its texts cleaned; the value itself when nothing is secret at all."""
        if not self._forms:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return type(value)({self.text(key): self.value(part) for key, part in value.items()})
        if isinstance(value, list):
            return [self.value(part) for part in value]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            shown = self.text(str(value))
            return value if shown == str(value) else shown
        return value

    def notebook(self, notebook: Any) -> Any:
        """A copy that is as valid as the notebook: what its format prescribes stays."""
        if not self._forms:
            return notebook
        copy = type(notebook)(notebook)
        copy.metadata = self.value(notebook.metadata)
        copy.cells = [self._parts(cell) for cell in notebook.cells]
        return copy

    def _parts(self, node: Any) -> Any:
        """Of a cell or an output."""
        copy = type(node)()
        for key, part in node.items():
            if key == "outputs":
                copy[key] = [self._parts(output) for output in part]
            else:
                copy[key] = part if key in ("cell_type", "output_type", "execution_count") else self.value(part)
        return copy
