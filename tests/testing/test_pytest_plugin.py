"""What the pytest plugin costs those who do not use it, and tells those who lack pytest."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

RunPytest = Callable[..., Any]


def test_a_run_that_has_nothing_to_do_with_eventyard_imports_next_to_nothing(run_pytest: RunPytest) -> None:
    done = run_pytest(
        """
        import sys

        def test_it():
            modules = {name for name in sys.modules if name.split(".")[0] in ("eventyard", "eventyard_schemas")}
            assert modules == {"eventyard", "eventyard.testing", "eventyard.testing.fixtures"}
            assert not {"aiohttp", "jsonschema", "orjson", "pluggy.hooks", "socketio"} & set(sys.modules)
        """
    )
    assert "1 passed" in done.stdout, done.stdout


def test_it_can_be_left_out(run_pytest: RunPytest) -> None:
    done = run_pytest("def test_it(eventyard_server): pass", "-p", "no:eventyard")
    assert "fixture 'eventyard_server' not found" in done.stdout


def test_without_pytest_the_import_says_what_to_install() -> None:
    program = "import sys; sys.modules['pytest'] = None; import eventyard.testing"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError: eventyard.testing needs pytest, which is not installed" in done.stderr
    assert "pip install 'eventyard[testing]'" in done.stderr


def test_the_checks_need_no_pytest() -> None:
    """The command line makes them too."""
    program = "import sys; sys.modules['pytest'] = None; import eventyard.conformance"
    subprocess.run([sys.executable, "-c", program], check=True)
