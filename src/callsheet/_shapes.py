"""
The shape of a signature: what binding and calling need to know of it.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any


class Plan:
    """
    A signature, taken apart for binding and calling.

    Attributes:
        name: The callable's qualified name.

        names: The named parameters, in order: positional-only,
            positional-or-keyword, keyword-only.

        n_posonly: How many of them are positional-only.

        n_pos: How many of them can be given by position.

        defaults: Each name with its default, or UNSET.

        var_positional: The name of the var-positional parameter, or None.

        var_keyword: The name of the var-keyword parameter, or None.

        own: Whether the signature is the code's own, so that calling by
            position means the same as calling by keyword.

        known: Whether there is a signature at all.
    """

    __slots__ = (
        "__weakref__",
        "all_given",
        "code",
        "defaults",
        "function_defaults",
        "getter",
        "index",
        "init",
        "is_warm",
        "known",
        "kwdefaults",
        "n",
        "n_pos",
        "n_posonly",
        "name",
        "names",
        "own",
        "plain",
        "positional",
        "simple",
        "var_keyword",
        "var_positional",
    )

    name: str
    names: tuple[str, ...]
    n_posonly: int
    n_pos: int
    defaults: dict[str, Any]
    var_positional: str | None
    var_keyword: str | None
    own: bool
    known: bool
    n: int
    index: dict[str, int]
    all_given: int
    positional: bool
    simple: bool

    def __init__(
        self,
        name: str,
        defaults: dict[str, Any],
        n_posonly: int,
        n_pos: int,
        var_positional: str | None,
        var_keyword: str | None,
        *,
        own: bool,
        known: bool = True,
    ) -> None:
        self.name = name
        self.defaults = defaults
        self.names = names = tuple(defaults)
        self.n = n = len(names)
        self.index = dict(zip(names, range(n)))  # noqa: B905  # as long
        self.all_given = (1 << n) - 1
        self.n_posonly = n_posonly
        self.n_pos = n_pos
        self.var_positional = var_positional
        self.var_keyword = var_keyword
        self.own = own
        self.known = known
        # All named arguments can be given by position.
        self.positional = own and n_pos == n
        # All of them can be given by keyword, too.
        self.simple = own and not n_posonly and n_pos == n
        #: Takes the values of a merged mapping; made when a plan is used again.
        self.getter: Callable[[dict[str, Any]], tuple[Any, ...]] | None = None
        self.is_warm = False
        self.plain: bool | None = None  # no annotation changes what is read; None: unknown
        self.code: Any = None
        self.function_defaults: Any = None
        self.kwdefaults: Any = None
        self.init: Any = None

    @classmethod
    def of_function(
        cls, name: str, defaults: dict[str, Any], names: tuple[str, ...], code: Any, given: Any
    ) -> Plan:
        """
        Return the plan of a function that takes each parameter both by
        position and by keyword.

        What the initialiser works out is known here, which halves the cost
        of a function that is met for the first time.

        Args:
            name: The function's qualified name.

            defaults: Each name with its default, or UNSET.

            names: The names.

            code: The function's code.

            given: Its ``__defaults__``.
        """
        plan = _new(cls)
        plan.name = name
        plan.defaults = defaults
        plan.names = names
        plan.n = plan.n_pos = n = len(names)
        plan.index = dict(zip(names, range(n)))  # noqa: B905  # as long
        plan.all_given = (1 << n) - 1
        plan.n_posonly = 0
        plan.var_positional = plan.var_keyword = None
        plan.own = plan.known = plan.positional = plan.simple = True
        plan.getter = plan.plain = plan.kwdefaults = plan.init = None
        plan.is_warm = False
        plan.code = code
        plan.function_defaults = given
        return plan

    def warm(self) -> None:
        """
        Make the getter, if the plan has been used before.
        """
        if self.is_warm:
            self.getter = itemgetter(*self.names) if self.n > 1 else _get_values
        self.is_warm = True

    @property
    def values(self) -> tuple[Any, ...]:
        """
        The defaults in order, UNSET where there is none.
        """
        return tuple(self.defaults.values())


def _get_values(merged: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(merged.values())


_new: Callable[[type[Plan]], Plan] = object.__new__
