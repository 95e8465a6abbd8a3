"""Two consumers of PMML on one Java machine, PMML4S (pypmml) and JPMML, or a test skipped."""

from __future__ import annotations

import gc
import math
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import pandas as pd
import pytest

Row = Mapping[str, Any]
Require = Callable[[str, str], ModuleType]


class Answer(NamedTuple):
    """What a consumer says of a row: no score where it refuses the row."""

    score: float | None
    prob_default: float | None
    reasons: tuple[str | None, ...]


Consumer = Callable[[str], Callable[[Sequence[Row]], list[Answer]]]
"""Reads a document and returns what scores rows by it."""


def answer_of(given: Mapping[str, Any]) -> Answer:
    score = given["score"]
    ranks = sorted(name for name in given if name.startswith("reason_"))
    known = score is not None and not math.isnan(score)
    return Answer(
        score=score if known else None,
        prob_default=given.get("pd") if known else None,
        reasons=tuple(name if isinstance(name, str) else None for name in map(given.get, ranks)),
    )


class JavaMachine:
    """A Java process with both consumers, started when it is first asked for."""

    def __init__(self) -> None:
        self.gateway: Any = None
        self.process: Any = None

    def start(self, require: Require) -> Any:
        if self.gateway is not None:
            return self.gateway
        jvm = require("engines", "pypmml.jvm")
        jpmml = require("engines", "jpmml_evaluator")
        py4j = require("engines", "py4j.java_gateway")
        pmml4s = jvm.Py4jGateway()
        places = os.pathsep.join([pmml4s.classpath, *jpmml._classpath([])])
        port, self.process = py4j.launch_gateway(
            classpath=places, die_on_exit=True, return_proc=True
        )
        parameters = py4j.GatewayParameters(port=port, auto_convert=True)
        self.gateway = py4j.JavaGateway(gateway_parameters=parameters)
        jvm.Py4jGateway._gateway, jvm.Py4jGateway._jvm = self.gateway, self.gateway.jvm
        require("engines", "pypmml.base").PMMLContext(gateway_instance=pmml4s)
        return self.gateway

    def stop(self) -> None:
        if self.gateway is None:
            return
        gc.collect()  # models tell the machine that they are gone
        self.gateway.shutdown()
        self.process.stdin.close()
        self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def _machine() -> Iterator[JavaMachine]:
    machine = JavaMachine()
    yield machine
    machine.stop()


@pytest.fixture
def gateway(require_engine: Require, _machine: JavaMachine) -> Any:
    require_engine("engines", "pypmml")
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return _machine.start(require_engine)
    reason = "Java is not installed, and the consumers of PMML run on it"
    if os.environ.get("CREDITSCORE_REQUIRE_ENGINES") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def pmml4s(gateway: Any, require_engine: Require) -> Consumer:
    model_of = require_engine("engines", "pypmml").Model
    error_of = require_engine("engines", "py4j.protocol").Py4JJavaError

    def read(document: str) -> Callable[[Sequence[Row]], list[Answer]]:
        model = model_of.fromString(document)

        def score(row: Row) -> Answer:
            try:
                return answer_of(model.predict(dict(row)))
            except error_of as error:
                # no attribute of a card of a segment meets the row
                assert "NoSuchElementException: key not found: None" in str(error)  # noqa: PT017
                return Answer(None, None, ())

        return lambda rows: [score(row) for row in rows]

    return read


@pytest.fixture
def jpmml(gateway: Any, require_engine: Require) -> Consumer:
    package = require_engine("engines", "jpmml_evaluator")
    backend = require_engine("engines", "jpmml_evaluator.py4j").Py4JBackend(gateway)

    def read(document: str) -> Callable[[Sequence[Row]], list[Answer]]:
        evaluator = package.make_evaluator(document, backend=backend).verify()

        def score(rows: Sequence[Row]) -> list[Answer]:
            columns = {
                name: pd.Series([row[name] for row in rows], dtype=object) for name in rows[0]
            }
            # a row that is refused has no outputs and a message beside
            found, _ = evaluator.evaluateAll(pd.DataFrame(columns), error_col=None)
            # beside the outputs stands the score once more, without a name
            named = found.loc[:, [isinstance(name, str) for name in found.columns]]
            return [answer_of(row) for row in named.to_dict("records")]

        return score

    return read


@pytest.fixture(params=["pmml4s", "jpmml"])
def consumer(request: pytest.FixtureRequest) -> Consumer:
    read: Consumer = request.getfixturevalue(request.param)
    return read
