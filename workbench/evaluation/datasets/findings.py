"""What a check finds: one thing that is wrong, and where.

A message names ids, keys and documents, never the text of a question or an answer, so that a test
part can be checked without being read.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a set.

    Attributes:
        severity: An error makes scores wrong; a warning may.
        file: The file, as it was named.
        line: Its line, from 1; `None` for the file as a whole.
        key: The key of the line or of the card; empty where none is meant.
        message: What is wrong, without the text of a question.
    """

    severity: Severity
    file: str
    line: int | None
    key: str
    message: str

    def one_line(self) -> str:
        """Return it as the one line that is shown."""
        return f"{self.place()}: {self.severity}: {self.said()}"

    def place(self) -> str:
        """Return the file, with the line where there is one."""
        return self.file if self.line is None else f"{self.file}, line {self.line}"

    def said(self) -> str:
        """Return the key and what is wrong with it."""
        return f"key {self.key!r}: {self.message}" if self.key else self.message

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self)
