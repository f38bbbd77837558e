"""The plugin does what is demanded of every plugin; and what its schema takes and refuses."""

from eventyard.testing import PluginConformance
from eventyard_git_commit.plugin import GitCommitPlugin

SHA = "c0ffee254729296a45a3885639ac7e10f9d54979"
COMMIT = {"repository": "/home/dev/shop", "sha": SHA, "summary": "Round half to even"}


class TestConformance(PluginConformance):
    plugin = GitCommitPlugin
    accepted = {
        "git_commit": [
            COMMIT | {"summary": ""},
            COMMIT | {"sha": SHA + "0" * 24},
            COMMIT | {"parents": [], "insertions": 0},
        ]
    }
    refused = {
        "git_commit": [
            ({}, "required"),
            (COMMIT | {"sha": "HEAD"}, "pattern"),
            (COMMIT | {"sha": SHA[:7]}, "pattern"),
            (COMMIT | {"repository": ""}, "minLength"),
            (COMMIT | {"summary": None}, "type"),
            (COMMIT | {"parents": ["x"]}, "pattern"),
            (COMMIT | {"insertions": -1}, "minimum"),
        ]
    }
