"""What a plugin object must be before pluggy sees it, and what pluggy does not check."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pluggy

from eventyard.errors import PluginError
from eventyard.hooks import PROJECT, Plugin
from eventyard.plugins.parameters import parameter_problems
from eventyard.spelling import did_you_mean

__all__ = [
    "COROUTINE_HOOKS",
    "HOOKS",
    "check_plugin",
    "check_plugin_name",
    "implementations",
    "instance_of",
    "new_pluggy_manager",
]

#: The hooks, in the order of the specification.
HOOKS: Final = tuple(name for name, member in vars(Plugin).items() if hasattr(member, f"{PROJECT}_spec"))

#: The hooks that may be coroutine functions. The others decide or declare, and are called where nothing can wait.
COROUTINE_HOOKS: Final = frozenset({"validate", "enrich", "emit"})

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")

#: The hooks that give any iterable, and may so be generators. Of the others a generator would be the wrong result, of
#: which nothing is run before somebody looks into it.
ITERABLE_HOOKS: Final = frozenset({"diagnose", "event_types", "namespaces", "validate"})


def instance_of(loaded: object) -> object:
    """The plugin object that an entry point stands for: classes are created without arguments."""
    return loaded() if inspect.isclass(loaded) else loaded


def check_plugin_name(name: str) -> None:
    """Check the name of an entry point, or of a plugin that a program hands over.

    Raises:
        PluginError: Its settings could not be reached by it: the dot ends the name in ``plugin.<name>.<key>``.
    """
    if not _NAME.fullmatch(name):
        message = f"its name is {name!r}, expected letters, digits, _ and -, so that plugin.<name>.<key> can be set"
        raise PluginError(message)


def check_plugin(plugin: object) -> tuple[str, ...]:
    """Check ``plugin`` against the contract; give the names of its hooks, in the order of the specification.

    Raises:
        PluginError: With all that is wrong.
    """
    problems = list(_problems(plugin))
    if problems:
        raise PluginError("; ".join(problems))
    implemented = {hook for hook, _ in implementations(plugin)}
    return tuple(hook for hook in HOOKS if hook in implemented)


def implementations(plugin: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The hooks that ``plugin`` implements, each with the function, which may have another name (``specname``)."""
    for name, options in _marked(plugin).items():
        yield options["specname"] or name, getattr(plugin, name)


def _marked(plugin: object) -> dict[str, dict[str, Any]]:
    """The members of ``plugin`` that are marked with ``@hookimpl``, with what the marker says."""
    return {name: options for name in dir(plugin) if (options := _marker(plugin, name)) is not None}


def _marker(plugin: object, name: str) -> dict[str, Any] | None:
    # pluggy's decorator leaves its options in this documented attribute of the function.
    options: dict[str, Any] | None = getattr(inspect.getattr_static(plugin, name, None), f"{PROJECT}_impl", None)
    return options


def _problems(plugin: object) -> Iterator[str]:
    marked = _marked(plugin)
    if not marked and not isinstance(plugin, Plugin):
        expected = "a class that inherits eventyard.Plugin, or an object with methods that are marked with @hookimpl"
        yield f"it is {_told(plugin)}, expected {expected}"
    for name, options in marked.items():
        yield from _problems_of_hook(name, options["specname"] or name, options, getattr(plugin, name))
    if inspect.iscoroutinefunction(getattr(plugin, "configure", None)):
        yield f"{type(plugin).__qualname__}.configure is a coroutine function, but must be a plain one"
    if isinstance(plugin, Plugin):
        for hook in HOOKS:
            overridden = inspect.getattr_static(plugin, hook) is not vars(Plugin)[hook]
            if overridden and hook not in marked:
                yield f"{hook} overrides a hook, but lacks the marker @hookimpl"


def _problems_of_hook(
    name: str, hook: str, options: Mapping[str, Any], implementation: Callable[..., Any]
) -> Iterator[str]:
    if hook not in HOOKS:
        yield f"{name} is marked with @hookimpl, but there is no hook {hook!r}" + did_you_mean(hook, HOOKS)
    elif options["wrapper"] or options["hookwrapper"]:
        # A wrapper sits around the other plugins' calls, so that its failure could not be kept to itself.
        yield f"{name} is a wrapper; hooks of Eventyard take no wrappers, use tryfirst or trylast"
    elif hook not in COROUTINE_HOOKS and inspect.iscoroutinefunction(implementation):
        allowed = ", ".join(sorted(COROUTINE_HOOKS))
        yield f"{name} is a coroutine function, but must be a plain one (only {allowed} may be coroutines)"
    elif _is_generator(implementation, hook):
        if hook == "lifespan":
            text = "must give a context manager: put @asynccontextmanager under @hookimpl"
        else:
            text = "must return what it gives: write return instead of yield"
        yield f"{name} is a generator, but {text}"
    else:
        yield from parameter_problems(hook, name, implementation)


def _told(loaded: object) -> str:
    """What an entry point names, if it is no plugin, as people call it."""
    if inspect.ismodule(loaded):
        return f"the module {loaded.__name__}"
    if inspect.isroutine(loaded):
        return f"the function {loaded.__name__}"
    return f"an object of the class {type(loaded).__qualname__}"


def _is_generator(function: Any, hook: str) -> bool:
    """Whether ``function`` gives a generator that nobody can make use of."""
    return inspect.isasyncgenfunction(function) or (
        hook not in ITERABLE_HOOKS and inspect.isgeneratorfunction(function)
    )


def new_pluggy_manager() -> pluggy.PluginManager:
    """A pluggy manager that knows the hooks of Eventyard."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Plugin)
    return manager
