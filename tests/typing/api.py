"""
A line for each public name: checked by mypy and pyright, never run.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, Literal

import attrs
from cattrs import Converter
from typing_extensions import assert_type

import callsheet
from callsheet import (
    JSON_ENCODERS,
    UNSAFE_ALLOW_ANY,
    Argument,
    BaseExecutor,
    CallableModel,
    CallsheetError,
    ContextExecutor,
    Explanation,
    ImportPolicy,
    Limits,
    NormalExecutor,
    ObjLoader,
    ObjType,
    PoolExecutor,
    Reference,
    SerialExecutor,
    SignatureModel,
    adapters,
    audit,
    configure_converter,
    converters,
    format_exception,
    get_callable_from_string,
    get_default_converter,
    make_converter,
    policies,
    validate_and_compose_signature,
)
from callsheet import exceptions as errors


@attrs.frozen
class Study:
    callable: CallableModel[float]
    executor: NormalExecutor[ThreadPoolExecutor]
    loader: ObjLoader[ThreadPoolExecutor] | None = None


def area(width: float, height: float = 2.0) -> float:
    return width * height


# A call keeps what the callable returns.
call = CallableModel(area, kwargs={"width": 3.0})
assert_type(call, CallableModel[float])
assert_type(call(height=5.0), float)
assert_type(call.missing(), list[str])
assert_type(call.json(), str)
assert_type(call.dict(), dict[str, Any])
assert_type(call.signature, SignatureModel)
assert_type(call.explain(1.0), Explanation)
assert_type(call.explain().arguments, tuple[Argument, ...])
assert_type(call.callable(3.0), float)
call.bind = None  # type: ignore[misc]  # models are frozen
assert_type(CallableModel(ThreadPoolExecutor), CallableModel[ThreadPoolExecutor])
assert_type(CallableModel(callable="pkg.mod.fn", args=(1,)), CallableModel[Any])
assert_type(CallableModel(**call.dict()), CallableModel[Any])
assert_type(CallableModel[float].parse_raw("{}", allow=["pkg.*", area]), CallableModel[float])
assert_type(CallableModel.parse_obj({}, allow=ImportPolicy()), CallableModel[Any])

# A record of arguments.
record = validate_and_compose_signature(area, 1.0, height=2.0)
assert_type(record, SignatureModel)
assert_type(record.kwarg_order, list[str])
assert_type(record.schema(), dict[str, Any])
assert_type(record.build(1.0), tuple[list[Any], dict[str, Any]])
assert_type(record.width, Any)
assert_type(record["width"], Any)
get_callable_from_string("pkg.Model.fit", bind=call)

# A loader keeps the class.
loader = ObjLoader[ThreadPoolExecutor](kwargs={"max_workers": 2})
assert_type(loader, ObjLoader[ThreadPoolExecutor])
assert_type(loader.load(store=True), ThreadPoolExecutor)
assert_type(loader.object, ThreadPoolExecutor | None)
assert_type(ObjLoader(object_type=ThreadPoolExecutor).load(), ThreadPoolExecutor)
assert_type(ObjLoader(loader=call).load(), float)
assert_type(loader.object_type, type[ThreadPoolExecutor] | None)

# So do executors.
with NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 2}) as normal:
    assert_type(normal, NormalExecutor[ThreadPoolExecutor])
    assert_type(normal.executor, ThreadPoolExecutor)
    assert_type(normal.submit(area, 1.0, height=2.0), Future[float])
    assert_type(normal.map(area, [1.0], timeout=1, chunksize=1), Iterator[float])
with ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": 2}).context() as fresh:
    assert_type(fresh, NormalExecutor[ThreadPoolExecutor])
    assert_type(fresh.executor, ThreadPoolExecutor)
assert_type(SerialExecutor().submit(area, 1.0), Future[float])
standard: list[type[Executor]] = [SerialExecutor, PoolExecutor]
assert_type(adapters.PoolExecutor(None).submit(area, 1.0), Future[float])


def run(executor: BaseExecutor[ObjType]) -> BaseExecutor[ObjType]:
    return executor


# Policies, and what they say.
allow: list[policies.Entry] = ["pkg.*", area, ThreadPoolExecutor, call.dict]
anything: policies.Allow = UNSAFE_ALLOW_ANY
assert_type(policies.make_policy(allow), ImportPolicy)
assert_type(policies.DEFAULT_POLICY, ImportPolicy)
verdict = policies.Verdict("pkg.fn", "allowed", "the entry pkg.*")
assert_type(verdict.verdict, Literal["allowed", "refused", "undecided"])

# Converters.
converter = Converter()
configure_converter(converter, policy=ImportPolicy(), strict=True, limits=Limits())
configure_converter(converter, policy=UNSAFE_ALLOW_ANY)
make_converter("orjson", allow=[area]).loads("{}", Study)
assert_type(get_default_converter(), Converter)
assert_type(audit("{}", allow=allow), list[Reference])
assert_type(converters.audit({}, CallableModel, policy=ImportPolicy(allow)), list[Reference])
assert_type(format_exception(ValueError(), None), str)
assert_type(JSON_ENCODERS[type](area), Any)
assert_type(callsheet.__version__, str)

# Each error is callsheet's, and the builtin that fits.
root: list[type[CallsheetError]] = [
    errors.AnnotationError,
    errors.DocumentError,
    errors.DriftError,
    errors.ExecutorError,
    errors.ImportFailedError,
    errors.ImportStringError,
    errors.LimitError,
    errors.LoadError,
    errors.ModelError,
    errors.PolicyError,
    errors.RefusedError,
    errors.ResolveError,
    errors.ShutdownError,
    errors.SignatureError,
    errors.TagError,
    errors.TaskError,
    errors.TextError,
    errors.UnnameableError,
    errors.UnwritableError,
]
type_error: list[type[TypeError]] = [errors.LoadError, errors.SignatureError]
import_error: type[ImportError] = errors.ResolveError
run_time_error: list[type[RuntimeError]] = [errors.ExecutorError, errors.TaskError]
warning: type[UserWarning] = errors.DocumentWarning
