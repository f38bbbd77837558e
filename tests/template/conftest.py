"""Plugins that are made for the tests."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import copier
import pytest

TEMPLATE = Path(__file__).parents[2] / "plugin_template"


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Render the plugin ``deploy`` as ``copier copy plugin_template FOLDER`` does: ``render(enrich=True)``."""

    @cache
    def make(**answers: object) -> Path:
        folder = tmp_path_factory.mktemp("rendered")
        copier.run_copy(str(TEMPLATE), folder, {"name": "deploy", **answers}, defaults=True, quiet=True)
        return folder

    return make
