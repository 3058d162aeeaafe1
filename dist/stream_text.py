"""The text of an output that grows, as a terminal would leave it."""

from __future__ import annotations

from typing import Any


class StreamText:
    """Adds to a stream output what is printed after it.

    A carriage return starts its line anew, so of a progress bar only the last state is kept. However much arrives, and in
    however many pieces, each character is looked at a few times only.
    """

    def __init__(self, output: Any) -> None:
        self.output = output
        self._lines: list[str] = []
        self._last: list[str] = []
        """The line that has no end yet."""
        self._is_returned = False
        """Whether that line is overwritten by what comes next."""
        self._is_settled = True
        self.add(output["text"])

    def add(self, text: str) -> None:
        self._is_settled = False
        if "\r" not in text and not self._is_returned:
            end = text.rfind("\n") + 1
            if end > 0:
                self._end_line(text[:end])
            self._last.append(text[end:])
            return
        *lines, last = text.split("\n")
        for line in lines:
            self._add_to_line(line)
            self._end_line("\n")
        self._add_to_line(last)

    def settle(self) -> None:
        """Puts all of it into the output."""
        if self._is_settled:
            return
        self._lines, self._last = ["".join(self._lines)], ["".join(self._last)]
        self.output["text"] = self._lines[0] + self._last[0]
        self._is_settled = True

    def _end_line(self, text: str) -> None:
        self._lines += self._last
        self._lines.append(text)
        self._last = []
        self._is_returned = False

    def _add_to_line(self, text: str) -> None:
        # One at the end may belong to the end of the line.
        visible = text.rstrip("\r")
        start = visible.rfind("\r") + 1
        if start > 0 or (self._is_returned and visible != ""):
            self._last = []
            self._is_returned = False
        self._last.append(text[start:])
        self._is_returned = self._is_returned or text.endswith("\r")
