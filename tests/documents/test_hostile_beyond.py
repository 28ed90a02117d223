"""
Hostile input beyond whole documents with a verdict: sizes, depths, collisions,
payloads of every type under every tag, and what is imported when.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest

from callsheet import CallableModel, NormalExecutor, ObjLoader, audit, make_converter
from callsheet._documents.checking import get_names
from callsheet.converters import Limits
from callsheet.exceptions import CallsheetError, DocumentError, LimitError
from hostile_cases import is_refusal, traps

HUGE = 1 << 70_000


def nest(depth: int, make: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = make(value)
    return value


def take(x: Any = None, y: Any = None) -> Any:
    return x


def take_many(*args: Any, **kwargs: Any) -> Any:
    return args, kwargs


def take_set(x: set[int]) -> Any:
    return x


@attrs.define
class Settings:
    handler: Callable[..., Any]


def take_settings(x: Settings) -> Any:
    return x


def take_model(x: CallableModel, y: ObjLoader | None = None) -> Any:
    return x


class Model:
    built = 0

    def __init__(self, n: int = 1):
        type(self).built += 1
        self.n = n

    def get(self, x: int = 0) -> int:
        return self.n + x


class Other:
    pass


OWN = [take, take_many, take_set, take_settings, take_model, Model, Model.get, Other, Settings]


def read(document: Any, cls: Any = CallableModel, **options: Any) -> Any:
    return make_converter(allow=OWN, **options).structure(document, cls)


def name(obj: Any) -> str:
    return f"{__name__}.{obj.__qualname__}"


def check_refused(document: Any, reason: str, **options: Any) -> None:
    with pytest.raises(DocumentError) as caught:
        read(document, **options)

    assert reason in str(caught.value)


def check_errors(act: Callable[[], Any]) -> None:
    """
    Only our own errors come out, and they can say what they have to say.
    """
    message = "read"
    try:
        act()
    except CallsheetError as error:
        message = str(error)
    assert message


PAYLOADS: dict[str, Any] = {
    "null": None,
    "true": True,
    "huge": HUGE,
    "float": 1.5,
    "nan": float("nan"),
    "text": "x",
    "surrogate": "\ud800",
    "digits": "9" * 5000,
    "list": [1],
    "huge list": [HUGE],
    "lists": [[]],
    "mapping": {"a": 1},
    "surrogate key": {"\ud800": 1},
    "raw": {"$raw": 1},
    "deep list": nest(400, lambda value: [value]),
    "deeper list": nest(50_000, lambda value: [value]),
    "deeper tags": nest(5_000, lambda value: {"$raw": value}),
    "bytes": b"x",
    "object": object(),
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
@pytest.mark.parametrize("tag", get_names())
def test_payload_of_a_tag(tag: str, payload: Any):
    """
    Whatever stands under a tag, only our own errors come out.
    """
    documents = [
        {"callable": name(take), "signature": {"x": {tag: payload}}},
        {"callable": name(take), "signature": {tag: payload}},
        {"callable": {tag: payload}},
    ]
    for document in documents:
        check_errors(partial(read, document))
        check_errors(partial(audit, document, CallableModel, allow=OWN))


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
@pytest.mark.parametrize(
    "key",
    ["callable", "signature", "bind", "loader", "object", "object_type", "executor", "direct"],
)
@pytest.mark.parametrize("cls", [CallableModel, ObjLoader, NormalExecutor, ObjLoader[Model]])
def test_payload_of_a_field(cls: Any, key: str, payload: Any):
    """
    Whatever stands in a field, only our own errors come out, of audit too.
    """
    for document in ({key: payload}, {"loader": {key: payload}}, payload):
        check_errors(partial(read, document, cls))
        check_errors(partial(audit, document, cls, allow=OWN))


class TestBeforeTheImport:
    """
    One refused reference, and not even an allowed module is imported.
    """

    def check(self, document: Any, cls: Any, tmp_path: Path, allow: list[str]) -> None:
        converter = make_converter(allow=allow)
        with traps(tmp_path), pytest.raises(DocumentError) as caught:
            converter.structure(document, cls)

        assert is_refusal(caught.value)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "value", [{"$import": "mypkg_evil.run"}, [{"$import": "mypkg_evil.run"}]]
    )
    def test_argument(self, value: Any, tmp_path: Path):
        """
        Wherever an argument holds the refused reference.
        """
        document = {"callable": "mypkg.sidefx.fn", "signature": {"x": value}}

        self.check(document, CallableModel, tmp_path, ["mypkg.*"])

    def test_positional_argument(self, tmp_path: Path):
        """
        The same by position.
        """
        signature = {"args": [{"$import": "mypkg_evil.run"}]}

        self.check(
            {"callable": "mypkg.sidefx.fn", "signature": signature},
            CallableModel,
            tmp_path,
            ["mypkg.*"],
        )

    @pytest.mark.parametrize("wrong", ["object_type", "callable"])
    def test_executor(self, wrong: str, tmp_path: Path):
        """
        Either of the two names of an executor.
        """
        names = {"object_type": "mypkg.sidefx.fn", "callable": "mypkg.sidefx.fn"}
        names[wrong] = "mypkg_evil.run"
        call = {"callable": names["callable"], "signature": {"max_workers": 1}}
        document = {"loader": {"loader": call, "object_type": names["object_type"]}}

        self.check(document, NormalExecutor[ThreadPoolExecutor], tmp_path, ["mypkg.*"])


WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "plain": lambda value: value,
    "$raw": lambda value: {"$raw": value},
    "$tuple": lambda value: {"$tuple": [value]},
    "$dict": lambda value: {"$dict": [["k", value]]},
    "$object": lambda value: {"$object": [name(Settings), value]},
    "$call": lambda value: {"$call": {"callable": name(take), "signature": {"x": value}}},
}


class TestDepthAndSize:
    """
    The limits hold wherever something stands.
    """

    @pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
    def test_depth(self, wrap: Callable[[Any], Any]):
        """
        Deep lists are refused, whatever they stand in.
        """
        value = wrap(nest(400, lambda value: [value]))

        check_refused({"callable": name(take), "signature": {"x": value}}, "nested deeper than 300")

    @pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
    def test_nodes(self, wrap: Callable[[Any], Any]):
        """
        Long lists are refused, whatever they stand in.
        """
        value = wrap([1] * 500)

        document = {"callable": name(take), "signature": {"x": value}}
        check_refused(document, "more than 400 values", limits=Limits(max_nodes=400))

    @pytest.mark.parametrize("tag", ["$tuple", "$set", "$frozenset", "$list"])
    def test_nodes_of_a_sequence(self, tag: str):
        """
        The items of a tagged sequence are counted.
        """
        document = {"callable": name(take), "signature": {"x": {tag: list(range(500))}}}

        check_refused(document, "more than 400 values", limits=Limits(max_nodes=400))

    def test_depth_within_the_limits(self):
        """
        Lists of 200 levels are read.
        """
        value = nest(200, lambda value: [value])

        assert read({"callable": name(take), "signature": {"x": {"$raw": value}}})() == value


NUMBERS = [i * (2**61 - 1) for i in range(1, 20_000)]


class TestCollisions:
    """
    Values of one hash do not take quadratic time.
    """

    @pytest.mark.parametrize(
        ("target", "value"),
        [
            (take, {"$set": NUMBERS}),
            (take, {"$frozenset": NUMBERS}),
            (take, {"$dict": [[n, 1] for n in NUMBERS]}),
            (take, {"$set": [{"$tuple": [n]} for n in NUMBERS]}),
            (take_set, NUMBERS),
        ],
        ids=["set", "frozenset", "dict", "tuples", "annotation"],
    )
    def test_refused(self, target: Any, value: Any):
        """
        Many values of one hash are refused.
        """
        start = time.thread_time()

        check_refused({"callable": name(target), "signature": {"x": value}}, "share one hash")

        assert time.thread_time() - start < 10

    def test_ordinary_values(self):
        """
        Many values of different hashes are read.
        """
        numbers = list(range(20_000))

        model = read({"callable": name(take), "signature": {"x": {"$set": numbers}}})

        assert model() == set(numbers)

    def test_few_of_one_hash(self):
        """
        900 values of one hash are read.
        """
        numbers = NUMBERS[:900]

        model = read({"callable": name(take), "signature": {"x": {"$set": numbers}}})

        assert model() == set(numbers)


LONG = "z" * 200_000


class TestMessages:
    """
    A message is no longer than its document, by far.
    """

    @pytest.mark.parametrize(
        "document",
        [
            {"callable": name(take), LONG: 1},
            {"callable": name(take), "signature": {LONG: 1}},
            {"callable": name(take), "signature": {"kwargs": {LONG: 1}}},
            {"callable": name(take), "signature": {"x": {f"${LONG}": 1}}},
            {"callable": LONG},
            {"callable": [LONG]},
        ],
    )
    def test_long_name(self, document: Any):
        """
        A long name is shortened wherever the message quotes it.
        """
        with pytest.raises(DocumentError) as caught:
            read(document)

        assert len(str(caught.value)) < 3000

    def test_rows_of_a_drifted_record(self):
        """
        One long name does not widen the row of every other.
        """
        signature = {"args": [], LONG: 1, **{f"a{i}": i for i in range(500)}}

        with pytest.raises(DocumentError) as caught:
            read({"callable": name(take), "signature": signature})

        assert len(str(caught.value)) < 500 * 700


class TestSelf:
    """
    No other class's instance stands in for ``self``.
    """

    def test_loader_of_another_class(self):
        """
        A loader of another class is refused when the document is read.
        """
        other = {"$load": {"loader": {"callable": name(Other)}}}

        document = {"callable": name(Model.get), "signature": {"self": other, "x": 1}}
        check_refused(document, "must be an instance of Model, not Other")

    def test_loader_of_the_class(self):
        """
        A loader of the class itself is read, and loaded by the call alone.
        """
        own = {"$load": {"loader": {"callable": name(Model), "signature": {"n": 2}}}}
        built = Model.built

        model = read({"callable": name(Model.get), "signature": {"self": own, "x": 1}})

        assert Model.built == built
        assert model() == 3


FOREIGN = "sidefx_only.fn"
FORMS: list[Any] = [
    FOREIGN,
    {"callable": FOREIGN},
    {"loader": {"callable": FOREIGN}},
    {"object_type": FOREIGN, "loader": {}},
    {"handler": FOREIGN},
    {"$object": [name(Settings), {"handler": FOREIGN}]},
    {"$dict": [["handler", FOREIGN]]},
    {"$object": ["callsheet.CallableModel", {"callable": FOREIGN}]},
]


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("target", [take_settings, take_model])
def test_annotation_opens_nothing(target: Any, form: Any, tmp_path: Path):
    """
    What a parameter's annotation reads goes through the same policy.
    """
    document = {"callable": name(target), "signature": {"x": form}}

    with traps(tmp_path):
        try:
            model = read(document)
        except CallsheetError:
            pass
        else:  # text stays text, a dict stays a dict
            assert type(model.signature.x) in (str, dict)
        assert "sidefx_only" not in sys.modules

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [{}, {"n": 1}, 5, "x", None, []])
def test_plain_class_is_not_built(data: Any):
    """
    An allowed class grants its constructor to a call, not to the reading.
    """
    built = Model.built

    document = {"callable": name(take), "signature": {"x": {"$object": [name(Model), data]}}}
    check_refused(document, "no hook that makes a Model")

    assert Model.built == built


def test_audit_lists_in_order():
    """
    References come in the document's order.
    """
    document = {
        "callable": "a.f",
        "signature": {"x": [{"$import": "a.g"}, {"$tuple": [{"$import": "a.h"}]}], "y": [1]},
        "bind": {"loader": {"callable": "a.i"}},
    }

    references = audit(document, allow=[])

    assert [reference.import_string for reference in references] == ["a.f", "a.g", "a.h", "a.i"]


@pytest.mark.parametrize("text", [".".join("a" * 20_000) + " = 1", "[" + ".".join("a" * 900) + "]"])
def test_toml_key_of_many_parts(text: str):
    """
    A key of many parts is refused before the library meets it.
    """
    pytest.importorskip("tomlkit")
    start = time.thread_time()

    with pytest.raises(LimitError, match="a key is nested deeper"):
        make_converter("tomlkit", allow=[]).loads(text, CallableModel)

    assert time.thread_time() - start < 5


def test_toml_text_of_many_parts():
    """
    Text is no key.
    """
    pytest.importorskip("tomlkit")
    value = "a." * 1000
    text = f"callable = '{name(take)}'\nsignature = {{x = '{value}', y = '''{value}'''}}\n"

    model = make_converter("tomlkit", allow=OWN).loads(text, CallableModel)

    assert model() == value


@pytest.mark.parametrize("key", ["callable", "signature", "bind", "evil"])
def test_huge_integer_in_yaml(key: str):
    """
    YAML's hexadecimal integers have no limit of digits; messages have one.
    """
    pytest.importorskip("yaml")
    text = f"callable: {name(take)}\n" if key != "callable" else ""

    with pytest.raises(CallsheetError):
        make_converter("pyyaml", allow=OWN).loads(f"{text}{key}: {HUGE:#x}\n", CallableModel)


def test_policy_cache_among_threads():
    """
    Many threads on one converter each get their own verdict.
    """
    converter = make_converter(allow=OWN)
    allowed = json.dumps({"callable": name(take), "signature": {"x": 1}})
    refused = json.dumps({"callable": "os.system", "signature": {"args": []}})

    def run(i: int) -> bool:
        try:
            converter.loads(refused if i % 2 else allowed, CallableModel)
        except DocumentError:
            return i % 2 == 1
        return i % 2 == 0

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(run, range(400)))
