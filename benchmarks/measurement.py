"""Figures: percentiles, medians of runs, the time that a process uses."""

import math
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import psutil

__all__ = ["Figures", "Stopwatch", "cpu_seconds", "median_of", "percentile"]

#: Named figures; the end of a name is the unit.
Figures = dict[str, float]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of ``values`` that is not smaller than ``percent`` % of them (nearest rank).

    Raises:
        ValueError: There are none.
    """
    if not values:
        message = "there is no percentile of nothing"
        raise ValueError(message)
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def median_of(runs: Sequence[Mapping[str, float]]) -> Figures:
    """The median of each figure over ``runs``; those that not all runs have are left out."""
    names = [name for name in runs[0] if all(name in run for run in runs)] if runs else []
    return {name: statistics.median(run[name] for run in runs) for name in names}


@dataclass
class Stopwatch:
    """Time since its start: on the clock, and of the processor that the server and this process used.

    Attributes:
        server: The server's process.
        begin: When it was started, by :func:`time.perf_counter`.
    """

    server: psutil.Process
    begin: float
    _server_cpu: float
    _load_cpu: float
    _machine_cpu: float

    @classmethod
    def start(cls, server: psutil.Process) -> Self:
        """Start."""
        return cls(server, time.perf_counter(), cpu_seconds(server), time.process_time(), _machine_seconds())

    def read(self, done: float, unit: str) -> Figures:
        """What was reached since the start, and what it took.

        Args:
            done: How much was done.
            unit: Of what, in the plural.

        Returns:
            ``<unit>_per_s`` on the clock, ``<unit>_per_cpu_s`` by the server's time of a processor, which others on the
            machine disturb less; how busy server and load were, and how much of the machine others took; the
            server's memory.
        """
        wall = time.perf_counter() - self.begin
        server = cpu_seconds(self.server) - self._server_cpu
        load = time.process_time() - self._load_cpu
        others = _machine_seconds() - self._machine_cpu - server - load
        return {
            f"{unit}_per_s": done / wall,
            f"{unit}_per_cpu_s": done / server if server else 0.0,
            "server_cpu_percent": 100 * server / wall,
            "load_cpu_percent": 100 * load / wall,
            "others_cpu_percent": max(0.0, 100 * others / wall),
            "server_rss_mb": self.server.memory_info().rss / 1e6,
        }


def _machine_seconds() -> float:
    """What all cores did, in seconds, with the time that a hypervisor took."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def cpu_seconds(process: psutil.Process) -> float:
    """What a process has had of a processor so far."""
    times = process.cpu_times()
    return float(times.user + times.system)
