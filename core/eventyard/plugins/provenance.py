"""Where a distribution came from, and how pip gets the same one again."""

import json
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

from eventyard.plugins.distribution import Distribution

__all__ = ["Provenance"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a distribution came from.

    Attributes:
        requirement: The line of a requirements file with which pip installs the same distribution again.
        location: The folder that it is imported from: the project's for an editable one, else that of the packages.
        editable: Whether it is imported from its project's folder.
    """

    requirement: str
    location: str
    editable: bool

    @classmethod
    def of(cls, distribution: Distribution) -> Self:
        """The provenance of an installed ``distribution``.

        Raises:
            PackageNotFoundError: It is not installed.
        """
        found = list(metadata.distributions(name=distribution.name))
        # A distribution may be visible twice on sys.path, in different versions.
        found = [each for each in found if each.version == distribution.version] or found
        if not found:
            raise metadata.PackageNotFoundError(distribution.name)
        installed = found[0]
        direct = _direct_url(installed)
        editable = bool(direct.get("dir_info", {}).get("editable"))
        folder = url2pathname(urlsplit(direct["url"]).path) if editable else str(installed.locate_file(""))
        return cls(_requirement(installed, direct), folder, editable)


def _direct_url(installed: metadata.Distribution) -> dict[str, Any]:
    """What installers note of a distribution that comes from no index (PEP 610); empty for one that does."""
    noted = json.loads(installed.read_text("direct_url.json") or "{}")
    return noted if isinstance(noted, dict) and "url" in noted else {}


def _requirement(installed: metadata.Distribution, direct: dict[str, Any]) -> str:
    if not direct:
        return f"{installed.name}=={installed.version}"
    url = direct["url"]
    if direct.get("dir_info", {}).get("editable"):
        # The URL rather than the path: nothing in it needs quotes.
        return f"-e {url}"
    fragments = []
    if version_control := direct.get("vcs_info"):
        url = f"{version_control['vcs']}+{url}@{version_control['commit_id']}"
    hashes = direct.get("archive_info", {}).get("hashes", {})
    fragments += [f"{name}={digest}" for name, digest in sorted(hashes.items()) if name == "sha256"]
    if "subdirectory" in direct:
        fragments.append(f"subdirectory={direct['subdirectory']}")
    return f"{installed.name} @ {url}" + ("#" + "&".join(fragments) if fragments else "")
