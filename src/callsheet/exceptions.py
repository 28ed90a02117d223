"""
The errors of callsheet, one tree.

.. code-block:: text

    CallsheetError (Exception)
    +-- SignatureError (TypeError)       arguments that do not fit a signature, or are missing
    |   +-- DriftError                   stored arguments against a signature that has changed
    +-- ImportStringError (ValueError)   a text that is no import string
    +-- UnnameableError (ValueError)     an object that no import string leads to
    +-- ResolveError (ImportError)       an import string that leads to nothing usable
    |   +-- ImportFailedError            the module is there, importing it failed
    +-- PolicyError (ValueError)         an entry that an import policy does not take
    |   +-- RefusedError                 a name that the import policy does not allow
    +-- UnwritableError (ValueError)     a value that no document can hold
    +-- DocumentError (ValueError, ExceptionGroup)   every problem of a document that was read
    +-- TagError (ValueError)            a tagged value that stands for nothing
    +-- AnnotationError (ValueError)     a value that its parameter's annotation does not take
    +-- TextError (ValueError)           a text that is not one strict document
    |   +-- LimitError                   a document beyond the stated limits
    +-- ModelError (ValueError)          a model that cannot be made like this
    +-- LoadError (TypeError)            a factory returned something else than declared
    +-- ExecutorError (RuntimeError)     an executor that cannot be used like this
    |   +-- ShutdownError                work handed in after the shutdown
    +-- TaskError (RuntimeError)         an outcome that could not travel back from a worker

Every message says what could not be done, to which object, why, and the remedy.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from ._messages import get_close_names

if sys.version_info >= (3, 11):
    from builtins import ExceptionGroup
else:  # cattrs depends on this backport below 3.11
    from exceptiongroup import ExceptionGroup

__all__ = [
    "AnnotationError",
    "CallsheetError",
    "DocumentError",
    "DocumentWarning",
    "DriftError",
    "ExecutorError",
    "ImportFailedError",
    "ImportStringError",
    "LimitError",
    "LoadError",
    "ModelError",
    "PolicyError",
    "RefusedError",
    "ResolveError",
    "ShutdownError",
    "SignatureError",
    "TagError",
    "TaskError",
    "TextError",
    "UnnameableError",
    "UnwritableError",
]


class CallsheetError(Exception):
    """
    The root of every error that callsheet raises on its own account.

    Attributes:
        message: The whole message.

        subject: The name, import string or repr of what the error is about.

        path: Where in a document the problem lies (``$.signature.x``), or
            None outside documents.
    """

    path: str | None = None

    def __init__(self, message: str, subject: str | None = None) -> None:
        super().__init__(message, subject)
        self.message = message
        self.subject = subject

    def __str__(self) -> str:
        return self.message


class SignatureError(CallsheetError, TypeError):
    """
    Arguments do not fit a signature, or required ones are missing.

    Attributes:
        message: What does not fit, without the remedy.

        names: The names that would have fit, if a name was the problem.

        wrong: The name that did not fit.
    """

    def __init__(
        self,
        message: str,
        subject: str | None = None,
        names: tuple[str, ...] | None = None,
        wrong: str | None = None,
    ) -> None:
        Exception.__init__(self, message, subject, names, wrong)
        self.message = message
        self.subject = subject
        self.names = names
        self.wrong = wrong

    def __str__(self) -> str:
        # Looking for the nearest name takes longer than all the rest.
        if self.names is None:
            return self.message
        return f"{self.message} {_advise(self.names, self.wrong)}"


def _advise(names: tuple[str, ...], wrong: str | None) -> str:
    if not names:
        return "It has no named parameters."
    near = get_close_names(wrong, names, 1) if wrong else []
    hint = f"Did you mean {near[0]!r}? " if near else ""
    return f"{hint}Its parameters are {', '.join(names)}."


class DriftError(SignatureError):
    """
    A document's stored arguments do not fit the signature of today.
    """


class ImportStringError(CallsheetError, ValueError):
    """
    A value is not an import string (``pkg.mod.Outer.fn`` or
    ``pkg.mod:Outer.fn``).
    """


class UnnameableError(CallsheetError, ValueError):
    """
    No import string leads back to an object (a lambda, a local).
    """


class ResolveError(CallsheetError, ImportError):
    """
    An import string leads to no module, to no attribute, or to nothing that
    can be used in its place.
    """

    # ImportError keeps its own state besides the arguments.
    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.subject), {"path": self.path}


class ImportFailedError(ResolveError):
    """
    The module that an import string names is there, but importing it failed,
    for instance because a dependency of that module is missing.
    """


class PolicyError(CallsheetError, ValueError):
    """
    An entry is nothing that an import policy takes.
    """


class RefusedError(PolicyError):
    """
    A document names something that the import policy does not allow.
    """


class UnwritableError(CallsheetError, ValueError):
    """
    A value cannot be written to a document that loads back equal.

    Attributes:
        reason: Why, without the place; None where no argument is to blame.

        place: The argument, through nested models, such as ``client > kwargs``.
    """

    reason: str | None = None
    place: str | None = None


class TagError(CallsheetError, ValueError):
    """
    What stands under a document's tag (``{"$date": ...}``) is no such value.
    """


class AnnotationError(CallsheetError, ValueError):
    """
    A value in a document is not what its parameter's annotation asks for.
    """


class TextError(CallsheetError, ValueError):
    """
    A text is not exactly one document in its format.
    """


class LimitError(TextError):
    """
    A document goes beyond the stated size, depth or number of nodes.
    """


class ModelError(CallsheetError, ValueError):
    """
    A model cannot be made from what was given.
    """


class LoadError(CallsheetError, TypeError):
    """
    A loader's factory returned something that is not the declared class.
    """


class ExecutorError(CallsheetError, RuntimeError):
    """
    An executor cannot be built or used like this.
    """


class ShutdownError(ExecutorError):
    """
    Work was handed to an executor that has been shut down.
    """


class TaskError(CallsheetError, RuntimeError):
    """
    A task's exception or result could not travel back from its worker.

    Attributes:
        message: What happened, in one line.

        type_name: The dotted name of the exception's or the result's class.

        detail: The original message.

        worker_traceback: The traceback as text, as the worker printed it.
    """

    def __init__(
        self,
        message: str,
        type_name: str | None = None,
        detail: str = "",
        worker_traceback: str = "",
    ) -> None:
        Exception.__init__(self, message, type_name, detail, worker_traceback)
        self.message = message
        self.subject = type_name
        self.type_name = type_name
        self.detail = detail
        self.worker_traceback = worker_traceback

    def __str__(self) -> str:
        if not self.worker_traceback:
            return self.message
        return f"{self.message}\n\n{self.worker_traceback.rstrip()}"


class DocumentError(CallsheetError, ValueError, ExceptionGroup[Exception]):
    """
    A document cannot be read: the group of all its problems.

    Attributes:
        message: What could not be read.

        exceptions: The problems; each has its ``path`` in the document.
    """

    def __new__(cls, message: str, exceptions: Sequence[Exception]) -> DocumentError:
        return ExceptionGroup.__new__(cls, message, exceptions)

    def __init__(self, message: str, exceptions: Sequence[Exception]) -> None:
        Exception.__init__(self, message, exceptions)
        self.subject: str | None = None

    def __str__(self) -> str:
        lines = [f"{self.message}:"]
        for problem in self.exceptions:
            path = getattr(problem, "path", None) or "$"
            text = str(problem).replace("\n", "\n    ")
            lines.append(f"  {path}: {text}")
        return "\n".join(lines)

    def derive(self, excs: Sequence[Any]) -> Any:
        """
        Return a group with the same message and other problems (PEP 654).
        """
        return DocumentError(self.message, excs)

    def __reduce__(self) -> tuple[Any, ...]:
        return DocumentError, (self.message, list(self.exceptions)), {"path": self.path}


class DocumentWarning(UserWarning):
    """
    A document was read, but part of it was overruled on the way.
    """
