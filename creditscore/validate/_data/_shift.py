"""How one characteristic of two samples differs: index, missing and strange values, means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from creditscore._frame import Table
from creditscore._typing import Float1D, Int1D
from creditscore.binning import NumericPartition, Partition
from creditscore.metrics import psi, psi_benchmark, psi_test
from creditscore.scorecard import Characteristic
from creditscore.validate._battery._finding import Verdict, rising_verdict, worst_of
from creditscore.validate._data._attributes import count_codes, numbers_of
from creditscore.validate._data._representativeness_settings import RepresentativenessSettings
from creditscore.validate._data._samples import TwoSamples


@dataclass(frozen=True, eq=False)
class Parted:
    """One column of both samples, in attributes."""

    name: str
    partition: Partition
    bins: Literal["card", "given", "quantiles", "levels"]
    codes: tuple[Int1D, Int1D]
    characteristic: Characteristic | None = None

    @classmethod
    def of(
        cls,
        samples: TwoSamples,
        name: str,
        given: Partition | None,
        characteristic: Characteristic | None,
    ) -> Parted:
        """Part a column by its card, by what is given, or by itself."""
        partition = given
        if characteristic is not None:
            partition = characteristic.partition
        bins: Any = "card" if characteristic is not None else "given"
        if partition is None:
            partition = samples.partitions[name]
            bins = "quantiles" if isinstance(partition, NumericPartition) else "levels"
        first, second = (
            partition.coded(table, name)[0] for table in (samples.development, samples.current)
        )
        return cls(name, partition, bins, (first, second), characteristic)


def shift_row(parted: Parted, samples: TwoSamples) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return what differs as a row of the table, and the shares of each attribute."""
    settings, name, partition = samples.settings, parted.name, parted.partition
    first, second = (
        count_codes(codes, partition.n_codes, weights)
        for codes, weights in zip(parted.codes, samples.weights, strict=True)
    )
    shares = first / first.sum(), second / second.sum()
    missing = [float(share[partition.missing_code]) for share in shares]
    row: dict[str, Any] = {"characteristic": name, "bins": parted.bins}
    row |= _index(shares, _sizes(samples), settings)
    row |= {"missing_development": missing[0], "missing_current": missing[1]}
    row["unseen"] = float(shares[1][partition.other_code]) if partition.has_other else math.nan
    row |= _amounts(parted, samples)
    row["points_shift"] = _points_shift(parted, samples)
    row |= _verdicts(row, settings)
    return row, _attribute_table(parted, shares)


def _sizes(samples: TwoSamples) -> tuple[float, float]:
    """Return the rows of each sample; of weighted ones, as many as tell as much (Kish)."""
    first, second = (
        float(table.n_rows) if weights is None else float(weights.sum() ** 2 / (weights**2).sum())
        for table, weights in zip(
            (samples.development, samples.current), samples.weights, strict=True
        )
    )
    return first, second


def _index(
    shares: tuple[Float1D, Float1D],
    sizes: tuple[float, float],
    settings: RepresentativenessSettings,
) -> dict[str, Any]:
    held = (shares[0] > 0) | (shares[1] > 0)
    if held.sum() < 2:
        return {
            "n_bins": 1, "csi": 0.0, "benchmark": math.nan, "beyond_chance": False,
            "p_value": math.nan,
        }  # fmt: skip
    first, second = (share[held] * size for share, size in zip(shares, sizes, strict=True))
    index, n_bins = psi(first, second), len(first)
    benchmark = psi_benchmark(*sizes, n_bins, level=settings.level)
    return {
        "n_bins": n_bins,
        "csi": index,
        "benchmark": benchmark,
        "beyond_chance": index > benchmark,
        "p_value": psi_test(first, second).p_value if min(sizes) > 1 else math.nan,
    }


def _amounts(parted: Parted, samples: TwoSamples) -> dict[str, Any]:
    """Return what lies outside the range of development, the means and their difference."""
    read = [
        numbers_of(parted.partition, table, parted.name)
        for table in (samples.development, samples.current)
    ]
    names = ("out_of_range", "range_beyond_chance", "mean_development", "mean_current", "smd")
    if read[0] is None or read[1] is None:
        return {**dict.fromkeys(names, math.nan), "range_beyond_chance": False}
    first, second = (
        _Amounts.of(values, weights)
        for values, weights in zip((read[0], read[1]), samples.weights, strict=True)
    )
    outside, strange = math.nan, False
    if len(first.values):
        beyond = (second.values < first.values.min()) | (second.values > first.values.max())
        outside = float(second.weights[beyond].sum() / second.total)
        p_value = _chance_outside(int(beyond.sum()), len(first.values), len(second.values))
        strange = p_value < 1 - samples.settings.level
    exponent = max(first.exponent, second.exponent)
    (mean, variance), (new_mean, new_variance) = first.moments(exponent), second.moments(exponent)
    spread = math.sqrt((variance + new_variance) / 2)
    smd = (new_mean - mean) / spread if spread > 0 else math.nan
    means = math.ldexp(mean, exponent), math.ldexp(new_mean, exponent)
    return dict(zip(names, (outside, strange, *means, smd), strict=True))


@dataclass(frozen=True, eq=False)
class _Amounts:
    """The values of a sample that are known and count, their weights, and the weight of all."""

    values: Float1D
    weights: Float1D
    total: float

    @classmethod
    def of(cls, values: Float1D, weights: Float1D | None) -> _Amounts:
        weights = np.ones(len(values)) if weights is None else weights
        held = ~np.isnan(values) & (weights > 0)
        return cls(values[held], weights[held], float(weights.sum()))

    @property
    def exponent(self) -> int:
        """The power of two above all values."""
        return math.frexp(float(np.abs(self.values).max(initial=0.0)))[1]

    def moments(self, exponent: int) -> tuple[float, float]:
        """Return mean and variance over a power of two, so that no square is too large."""
        if not len(self.values):
            return math.nan, math.nan
        values = np.ldexp(self.values, -exponent)
        mean = float(np.average(values, weights=self.weights))
        return mean, float(np.average((values - mean) ** 2, weights=self.weights))


def _chance_outside(n_outside: int, n_first: int, n_second: int) -> float:
    """Return the chance that so many values of a second sample, or more, lie out of the range.

    Each value beyond an end of the joint order is of the second sample with the chance of its
    share, nearly; those beyond both ends add up to a negative binomial number.
    """
    share = n_second / (n_first + n_second)
    return float((n_outside + 1) * share**n_outside - n_outside * share ** (n_outside + 1))


def _points_shift(parted: Parted, samples: TwoSamples) -> float:
    """Return the mean of the points of the current sample less that of development."""
    characteristic = parted.characteristic
    if characteristic is None:
        return math.nan
    first, second = (
        float(np.average(_points(characteristic, codes, table), weights=weights))
        for codes, table, weights in zip(
            parted.codes, (samples.development, samples.current), samples.weights, strict=True
        )
    )
    return second - first


def _points(characteristic: Characteristic, codes: Int1D, table: Table) -> Float1D:
    return characteristic.points_of(codes, table)


def _verdicts(row: dict[str, Any], settings: RepresentativenessSettings) -> dict[str, Any]:
    """Judge a characteristic by each bound, and as a whole by the worst of them."""
    index = _rising(row["csi"], settings.csi_bounds)
    if not row["beyond_chance"] and index == "fail":
        # so large an index is what chance makes of samples so small
        index = "watch"
    change = abs(row["missing_current"] - row["missing_development"])
    judged = {
        "csi": index,
        "missing": _rising(change, settings.missing_bounds),
        "range": _rising(row["out_of_range"], settings.strange_bounds)
        if row["range_beyond_chance"]
        else "pass",
        "unseen": _rising(row["unseen"], settings.strange_bounds),
    }
    reasons = [name for name, verdict in judged.items() if verdict in ("watch", "fail")]
    each = {f"{name}_verdict": verdict for name, verdict in judged.items()}
    return {**each, "verdict": worst_of(judged.values()), "because_of": ", ".join(reasons)}


def _rising(value: float, bounds: tuple[float, float]) -> Verdict:
    return rising_verdict(value, watch_above=bounds[0], fail_above=bounds[1])


def _attribute_table(parted: Parted, shares: tuple[Float1D, Float1D]) -> pd.DataFrame:
    first, second = (np.maximum(share, 1e-4) for share in shares)
    table = pd.DataFrame(
        {
            "characteristic": parted.name,
            "attribute": parted.partition.labels,
            "development": shares[0],
            "current": shares[1],
            "csi_part": (second - first) * np.log(second / first),
        }
    )
    return table[(table["development"] > 0) | (table["current"] > 0)]
