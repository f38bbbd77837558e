"""A schema that was released never changes, and a new version says by its number what has changed."""

import json
import shutil
from pathlib import Path

from eventyard.schemas import load_engine, read_schemas
from eventyard.schemas.diff import SetComparison, compare_files
from eventyard_schemas import read_schema

ROOT = Path(__file__).parents[2]
RELEASED = ROOT / "schemas" / "released"


def compared(*folders: Path) -> SetComparison:
    """The schemas in ``folders`` compared with the released ones."""
    new = [file for folder in folders for file in read_schemas(folder)]
    shared = [read_schema("envelope/1.0.0"), read_schema("common/1.0.0")]
    return compare_files(list(read_schemas(RELEASED)), new, shared, load_engine())


def test_what_has_changed_since_the_last_release_has_the_right_version() -> None:
    """Where this fails, give the changed schema a new version, and leave the released file as it is."""
    assert compared(ROOT / "plugins", ROOT / "schemas" / "eventyard_schemas").problems == []


def test_a_released_schema_that_changes_is_noticed(tmp_path: Path) -> None:
    copied = shutil.copytree(RELEASED, tmp_path / "schemas")
    path = copied / "tool_start" / "1.0.0.json"
    schema = json.loads(path.read_text("utf-8"))
    schema["required"].append("cwd")
    path.write_text(json.dumps(schema), "utf-8")
    assert compared(copied).problems == [
        "tool_start 1.0.0 → 1.0.0: it has changed, and its version is still 1.0.0; expected 2.0.0 or higher"
    ]
