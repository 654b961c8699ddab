"""Every error that a person may see.

    WorkbenchError
    |-- UsageError                what was asked for cannot be asked (exit code 2)
    |   |-- ConfigError           a setting is missing, misspelt or has a wrong value
    |   |-- UnknownNameError      no assistant, model, prompt or collection of that name
    |   `-- InvalidQuestionError  an empty or too long question
    |-- DatabaseError             Postgres: not reachable, too old, without pgvector, newer schema
    |-- ModelServerError          vLLM or another endpoint: did not start, went away, refused
    |-- WeightsError              model files: no source reachable, wrong hash, cannot be converted
    |-- IndexingError             a corpus or an index that cannot be used as it is
    `-- ResourceError             the machine: disk full, missing library, port in use

A message says what is wrong in one line; a hint says what to do about it. Front ends turn an error
into text and an exit code; nothing below them prints.
"""


class WorkbenchError(Exception):
    """The base of all errors shown to people.

    Attributes:
        message: What is wrong, in one line.
        hint: What to do about it, in one line; may be empty.
        exit_code: What a command that ends with this error returns.
        retryable: Whether asking again, unchanged, may succeed.
    """

    exit_code = 2
    retryable = False

    def __init__(self, message: str, hint: str = "", *, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if retryable is not None:
            self.retryable = retryable

    def one_line(self) -> str:
        """Return the message and the hint as the one line that front ends show."""
        text = f"{self.message}: {self.hint}" if self.hint else self.message
        return " ".join(text.split())


class UsageError(WorkbenchError):
    """What was asked for cannot be asked."""


class ConfigError(UsageError):
    """A setting is missing, misspelt or has a wrong value."""


class UnknownNameError(UsageError):
    """There is no assistant, model, prompt or collection of that name."""


class InvalidQuestionError(UsageError):
    """The question is empty or too long."""


class DatabaseError(WorkbenchError):
    """Postgres cannot be used: not reachable, too old, without pgvector, or a newer schema."""


class ModelServerError(WorkbenchError):
    """The model server did not start, went away, or refused a request."""


class WeightsError(WorkbenchError):
    """Model files cannot be used: no source reachable, a wrong hash, or a failed conversion."""


class IndexingError(WorkbenchError):
    """A corpus or an index cannot be used as it is."""


class ResourceError(WorkbenchError):
    """The machine lacks something: disk, memory, a library, a free port."""
