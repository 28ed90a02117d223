"""
The shape of a signature: what binding and calling need to know of it.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

#: An index that is not made yet.
NO_INDEX: Final[dict[str, int]] = {}


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

        looks: Whether the callable looks at the frame that calls it.

        index: The place of each name, empty until `make_index` makes it.
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
        "looks",
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
    looks: bool
    n: int
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
        looks: bool = False,
    ) -> None:
        self.name = name
        self.defaults = defaults
        self.names = names = tuple(defaults)
        self.n = n = len(names)
        self.index = NO_INDEX
        self.all_given = (1 << n) - 1
        self.n_posonly = n_posonly
        self.n_pos = n_pos
        self.var_positional = var_positional
        self.var_keyword = var_keyword
        self.own = own
        self.known = known
        self.looks = looks
        # All named arguments can be given by position, and nobody looks who gives them.
        self.positional = own and n_pos == n and not looks
        # All of them can be given by keyword, too.
        self.simple = self.positional and not n_posonly
        #: Takes the values of a merged mapping; made when a plan is used again.
        self.getter: Callable[[dict[str, Any]], tuple[Any, ...]] | None = None
        self.is_warm = False
        self.plain: bool | None = None  # no annotation changes what is read; None: unknown
        self.code: Any = None
        self.function_defaults: Any = None
        self.kwdefaults: Any = None
        self.init: Any = None

    def make_index(self) -> dict[str, int]:
        """
        Return the place of each name, made when it is first asked for: many
        plans are used once.
        """
        self.index = dict(zip(self.names, range(self.n)))  # noqa: B905  # as long
        return self.index

    def make_getter(self) -> None:
        """
        Make what takes the values of a merged mapping.
        """
        self.getter = itemgetter(*self.names) if self.n > 1 else _get_values

    @property
    def values(self) -> tuple[Any, ...]:
        """
        The defaults in order, UNSET where there is none.
        """
        return tuple(self.defaults.values())


new_plan: Callable[[type[Plan]], Plan] = object.__new__


def _get_values(merged: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(merged.values())
