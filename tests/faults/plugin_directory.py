"""Plugins of single modules, installed for one server alone."""

import shutil
from pathlib import Path

__all__ = ["install"]


def install(module: Path, plugin: str, directory: Path) -> dict[str, str]:
    """Install the ``plugin`` of ``module`` in ``directory``; gives the environment of a server that has it."""
    name = module.stem
    information = directory / f"{name}-1.0.dist-info"
    information.mkdir(parents=True)
    shutil.copy(module, directory)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    entry_point = f"[eventyard.plugins]\n{name} = {name}:{plugin}\n"
    (information / "entry_points.txt").write_text(entry_point, encoding="utf-8")
    return {"PYTHONPATH": str(directory)}
