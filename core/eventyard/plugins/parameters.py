"""Whether a hook implementation takes what it is given; much of it pluggy would let pass until the first call."""

import inspect
from collections.abc import Callable, Iterator
from inspect import Parameter
from typing import Any

from eventyard.hooks import Plugin

__all__ = ["parameter_problems"]


def parameter_problems(hook: str, name: str, function: Callable[..., Any]) -> Iterator[str]:
    """What is wrong with the parameters of ``function``, the implementation of ``hook`` that is named ``name``."""
    given = list(inspect.signature(getattr(Plugin, hook)).parameters)[1:]
    is_method = inspect.ismethod(function)
    expected = f"expected {name}({', '.join(['self', *given] if is_method else given)})"
    # Before Python binds it: who forgets self would see the first parameter disappear.
    taken = list(inspect.signature(function.__func__ if inspect.ismethod(function) else function).parameters.values())
    if is_method:
        if not taken or taken[0].kind is Parameter.KEYWORD_ONLY or taken[0].name in given:
            yield f"{name} lacks the parameter self, {expected}"
            return
        if taken[0].kind is not Parameter.VAR_POSITIONAL:
            del taken[0]
    for parameter in taken:
        if objection := _objection(parameter, given):
            yield f"{name} {objection}, {expected}"


def _objection(parameter: Parameter, given: list[str]) -> str | None:
    """What is wrong with a parameter of a hook that is given ``given``, by position but in any order."""
    if parameter.kind is Parameter.VAR_POSITIONAL:
        # A decorator's, mostly: functools.wraps would show those of the function in it.
        return f"takes *{parameter.name}, but a hook is given only the parameters that it names"
    if parameter.kind is Parameter.VAR_KEYWORD:
        return None
    if parameter.kind is Parameter.KEYWORD_ONLY and (parameter.name in given or parameter.default is Parameter.empty):
        return f"takes {parameter.name} by keyword alone, but is given it by position"
    if parameter.name not in given and parameter.default is Parameter.empty:
        return f"has a parameter {parameter.name}, which the hook does not give"
    return None
