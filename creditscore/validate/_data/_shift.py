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
from creditscore.validate._battery._finding import Verdict, rising_verdict
from creditscore.validate._data._attributes import count_codes, numbers_of
from creditscore.validate._data._samples import TwoSamples
from creditscore.validate._data._settings import RepresentativenessSettings

_ORDER: tuple[Verdict, ...] = ("fail", "watch", "pass")


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
            "n_bins": 1, "psi": 0.0, "benchmark": math.nan, "beyond_chance": False,
            "p_value": math.nan,
        }  # fmt: skip
    first, second = (share[held] * size for share, size in zip(shares, sizes, strict=True))
    index, n_bins = psi(first, second), len(first)
    benchmark = psi_benchmark(*sizes, n_bins, level=settings.level)
    return {
        "n_bins": n_bins,
        "psi": index,
        "benchmark": benchmark,
        "beyond_chance": index > benchmark,
        "p_value": psi_test(first, second).p_value if min(sizes) > 1 else math.nan,
    }


def _amounts(parted: Parted, samples: TwoSamples) -> dict[str, Any]:
    """Return what lies outside the range of development, the means and their difference."""
    values = [
        numbers_of(parted.partition, table, parted.name)
        for table in (samples.development, samples.current)
    ]
    names = ("out_of_range", "range_beyond_chance", "mean_development", "mean_current", "smd")
    first, second = values
    if first is None or second is None:
        return {**dict.fromkeys(names, math.nan), "range_beyond_chance": False}
    first_mean, first_variance = _moments(first, samples.weights[0])
    mean, variance = _moments(second, samples.weights[1])
    outside, strange = math.nan, False
    if not np.isnan(first).all():
        # the comparison is false of missing values
        beyond = (second < np.nanmin(first)) | (second > np.nanmax(first))
        outside = float(np.average(beyond, weights=samples.weights[1]))
        known = [int(np.count_nonzero(~np.isnan(part))) for part in (first, second)]
        p_value = _chance_outside(int(beyond.sum()), known[0], known[1])
        strange = p_value < 1 - samples.settings.level
    spread = math.sqrt((first_variance + variance) / 2)
    smd = (mean - first_mean) / spread if spread > 0 else math.nan
    return dict(zip(names, (outside, strange, first_mean, mean, smd), strict=True))


def _chance_outside(n_outside: int, n_first: int, n_second: int) -> float:
    """Return the chance that so many values of a second sample, or more, lie out of the range.

    Each value beyond an end of the joint order is of the second sample with the chance of its
    share, nearly; those beyond both ends add up to a negative binomial number.
    """
    share = n_second / (n_first + n_second)
    return float((n_outside + 1) * share**n_outside - n_outside * share ** (n_outside + 1))


def _moments(values: Float1D, weights: Float1D | None) -> tuple[float, float]:
    known = ~np.isnan(values)
    counted = known if weights is None else known & (weights > 0)
    if not counted.any():
        return math.nan, math.nan
    held = None if weights is None else weights[counted]
    mean = float(np.average(values[counted], weights=held))
    return mean, float(np.average((values[counted] - mean) ** 2, weights=held))


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
    index = _rising(row["psi"], settings.psi_bounds)
    if not row["beyond_chance"] and index == "fail":
        # so large an index is what chance makes of samples so small
        index = "watch"
    change = abs(row["missing_current"] - row["missing_development"])
    judged = {
        "psi": index,
        "missing": _rising(change, settings.missing_bounds),
        "range": _rising(row["out_of_range"], settings.strange_bounds)
        if row["range_beyond_chance"]
        else "pass",
        "unseen": _rising(row["unseen"], settings.strange_bounds),
    }
    worst = next(word for word in _ORDER if word in judged.values())
    reasons = [name for name, verdict in judged.items() if verdict in ("watch", "fail")]
    each = {f"{name}_verdict": verdict for name, verdict in judged.items()}
    return {**each, "verdict": worst, "because_of": ", ".join(reasons)}


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
            "psi_part": (second - first) * np.log(second / first),
        }
    )
    return table[(table["development"] > 0) | (table["current"] > 0)]
