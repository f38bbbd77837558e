"""The conformance of a plugin, as tests."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

import pytest

from eventyard.conformance import CHECKS, Candidate, Check, Evidence
from eventyard.errors import PluginError
from eventyard.spelling import did_you_mean

__all__ = ["PluginConformance"]


class PluginConformance:
    """Does what is demanded of every plugin; a plugin's tests inherit it, and say which plugin is meant.

    ::

        class TestConformance(PluginConformance):
            plugin = DeployPlugin

    Each check is a test of its own, ``test_conformance[examples]``. What else is set says more of the plugin, so that
    it can be looked at more closely.
    """

    #: The plugin: its class, or a plugin object.
    plugin: ClassVar[Any] = None

    #: Instead of it, the name of an installed distribution, all of whose plugins are meant.
    distribution: ClassVar[str | None] = None

    #: For each event type, ``data`` that is accepted, besides the examples of its schema.
    accepted: ClassVar[Mapping[str, Sequence[Any]]] = {}

    #: For each event type, ``data`` that is refused, each with the keyword of the one rule that it breaks: a keyword of
    #: the schema, or of an ``Issue`` of the plugin.
    refused: ClassVar[Mapping[str, Sequence[tuple[Any, str]]]] = {}

    #: For each source that the plugin decodes, foreign bodies whose events are accepted.
    bodies: ClassVar[Mapping[str, Sequence[Any]]] = {}

    #: Attributes of the envelope that its events need, besides session, agent and correlationid.
    attributes: ClassVar[Mapping[str, Any]] = {}

    #: The plugin's own settings; the defaults for what is left out.
    settings: ClassVar[Mapping[str, Any]] = {}

    #: How long, in seconds, one call of the plugin may hold up the event loop.
    loop_bound: ClassVar[float] = 0.1

    #: How long, in seconds, the answer to a client event may take.
    answer_bound: ClassVar[float] = 5.0

    #: Whether warnings are failures.
    strict: ClassVar[bool] = True

    #: Checks that are left out, each with the reason.
    exempt: ClassVar[Mapping[str, str]] = {}

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
    def test_conformance(self, check: Check) -> None:
        """The plugin does what is demanded of every plugin."""
        self._check_exemptions()
        if reason := self.exempt.get(check.name):
            pytest.skip(reason)
        for candidate in _candidates(type(self)):  # type: ignore[arg-type]  # mypy takes classes for unhashable
            verdict = asyncio.run(check.examine(candidate))
            if verdict.skipped:
                pytest.skip(f"{candidate}: {verdict.skipped}")
            if verdict.failed(strict=self.strict):
                objections = "".join(f"\n  - {objection}" for objection in verdict.objections)
                expected = f"expected by the check {check.name!r}: {check.demand}; else, {check.why}"
                pytest.fail(f"{candidate}{objections}\n{expected}", pytrace=False)

    def _check_exemptions(self) -> None:
        known = [check.name for check in CHECKS]
        for name in self.exempt:
            if name not in known:
                message = f"{type(self).__name__}.exempt names {name!r}, which is no check"
                pytest.fail(message + did_you_mean(name, known), pytrace=False)


@cache
def _candidates(tests: type[PluginConformance]) -> list[Candidate]:
    """The plugins that a class of tests is about; what it takes to find that out is done once for all its tests."""
    if (tests.plugin is None) is (tests.distribution is None):
        pytest.fail(f"{tests.__name__} is expected to set either plugin or distribution", pytrace=False)
    evidence = Evidence(
        accepted=tests.accepted,
        refused=tests.refused,
        bodies=tests.bodies,
        attributes=tests.attributes,
        settings=tests.settings,
        loop_bound=tests.loop_bound,
        answer_bound=tests.answer_bound,
    )
    if tests.distribution is not None:
        try:
            return Candidate.named(tests.distribution, evidence)
        except PluginError as error:
            pytest.fail(str(error), pytrace=False)
    return [Candidate.of(tests.plugin, evidence)]
