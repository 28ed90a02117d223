"""
jsonargparse: a parser made of a signature, which checks mappings and texts.
"""

from __future__ import annotations

from typing import Any

from jsonargparse import ArgumentError, ArgumentParser, Namespace

import limits
import targets

DISTRIBUTIONS = ("jsonargparse",)
NOTES = {
    "build": "the parser is made beforehand, one per callable: making it is not counted",
    "call": "the parsed arguments are passed on by hand",
    "to dict": "without the callable, which a parser knows and a namespace does not",
    "from JSON": "without the callable",
}


def make_parser(function: Any) -> ArgumentParser:
    parser = ArgumentParser(exit_on_error=False, parser_mode="json")
    parser.add_function_arguments(function)
    return parser


parser = make_parser(targets.f)
parser_g = make_parser(targets.g)
parser_C = ArgumentParser(exit_on_error=False)
parser_C.add_class_arguments(targets.C, "C")


def is_refused() -> bool:
    try:
        parser.parse_object(limits.BAD)
    except ArgumentError:
        return True
    return False


parsed = parser.parse_object(limits.KW)

NAMESPACE: dict[str, Any] = {
    "is_refused": is_refused,
    "parsed": parsed,
    "parsed_C": parser_C.parse_object({"C": limits.KD}),
    "parsed_g": parser_g.parse_object(limits.KG),
    "parser": parser,
    "parser_C": parser_C,
    "parser_g": parser_g,
    "text": parser.dump(parsed, format="json"),
}

STATEMENTS = {
    "build f": "parser.parse_object(kw)",
    "build g": "parser_g.parse_object(kg)",
    "call f": "f(**parsed.as_dict())",
    "call g": "g(**parsed_g.as_dict())",
    "keyword f": "f(**{**parsed.as_dict(), 'y': 2})",
    "keyword g": "g(**{**parsed_g.as_dict(), 'e': 2})",
    "to dict": "parsed.as_dict()",
    "to JSON / orjson": "parser.dump(parsed, format='json')",
    "from JSON": "parser.parse_string(text)",
    "load": "parser_C.instantiate_classes(parsed_C).C",
    "wrong keyword": "is_refused()",
    "pickle": "loads(dumps(parsed))",
}


def show(row: str, result: Any) -> Any:
    if "to JSON" in row:
        result = parser.parse_string(result)
    if isinstance(result, Namespace):
        result = result.as_dict()
    if isinstance(result, dict):
        return ("g" if "j" in result else "f"), result
    return result
