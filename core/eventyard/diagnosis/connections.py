"""What the plugins know of the programs that are to be connected."""

from collections.abc import Iterable, Iterator

from eventyard.hooks import Finding
from eventyard.plugins import HookCall, PluginManager
from eventyard.plugins.calls import contained, wrong_result
from eventyard.plugins.reason import reason_of

__all__ = ["look_at_connections"]


def look_at_connections(plugins: PluginManager, url: str, *, needs_token: bool) -> Iterator[tuple[str, list[Finding]]]:
    """Name and findings of each plugin that has some, about the server at ``url``."""
    for call in plugins.diagnoses:
        findings = _findings(call, url, needs_token=needs_token)
        if findings:
            yield call.plugin.name, findings


def _findings(call: HookCall, url: str, *, needs_token: bool) -> list[Finding]:
    try:
        given = call.function(url, needs_token)
        if given is None:
            return []
        if not isinstance(given, Iterable):
            raise TypeError(wrong_result("diagnose", "findings", given))
        findings = list(given)
        wrong = next((each for each in findings if not isinstance(each, Finding)), None)
        if wrong is not None:
            message = f"diagnose gave {type(wrong).__name__} among its findings, expected Finding"
            raise TypeError(message)
    except contained() as error:
        return [Finding("problem", f"{call.plugin.distribution} failed in diagnose: {reason_of(error)}")]
    return findings
