"""What the figures were measured on."""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["describe"]

_PACKAGES = ("eventyard", "aiohttp", "python-socketio", "python-engineio", "uvloop", "orjson", "jsonschema-rs")


def describe(*, pinned: bool) -> dict[str, str]:
    """The machine and the programs, each by name."""
    facts = {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "pinned": "server on core 0, load on core 1" if pinned else "no: server and load share the cores",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }
    for package in _PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "not installed"
    if (node := shutil.which("node")) is not None:
        facts["node"] = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return facts


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
