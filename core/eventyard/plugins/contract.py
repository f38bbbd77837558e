"""What a plugin object must be before pluggy sees it, and what pluggy does not check."""

import inspect
from collections.abc import Iterator
from typing import Any, Final

import pluggy

from eventyard.errors import PluginError
from eventyard.hooks import PROJECT, Plugin
from eventyard.spelling import did_you_mean

__all__ = ["COROUTINE_HOOKS", "HOOKS", "check_plugin", "instance_of", "new_pluggy_manager"]

#: The hooks, in the order of the specification.
HOOKS: Final = tuple(name for name, member in vars(Plugin).items() if hasattr(member, f"{PROJECT}_spec"))

#: The hooks that may be coroutine functions. The others decide or declare, and are called where nothing can wait.
COROUTINE_HOOKS: Final = frozenset({"validate", "enrich", "emit"})

#: The hooks that give any iterable, and may so be generators. Of the others a generator would be the wrong result, of
#: which nothing is run before somebody looks into it.
ITERABLE_HOOKS: Final = frozenset({"event_types", "namespaces", "validate"})


def instance_of(loaded: object) -> object:
    """The plugin object that an entry point stands for: classes are created without arguments."""
    return loaded() if inspect.isclass(loaded) else loaded


def check_plugin(plugin: object) -> tuple[str, ...]:
    """Check ``plugin`` against the contract; give the names of its hooks, in the order of the specification.

    Raises:
        PluginError: With all that is wrong.
    """
    problems = list(_problems(plugin))
    if problems:
        raise PluginError("; ".join(problems))
    return tuple(name for name in HOOKS if _marker(plugin, name) is not None)


def _marker(plugin: object, name: str) -> dict[str, Any] | None:
    # pluggy's decorator leaves its options in this documented attribute of the function.
    options: dict[str, Any] | None = getattr(inspect.getattr_static(plugin, name, None), f"{PROJECT}_impl", None)
    return options


def _problems(plugin: object) -> Iterator[str]:
    for name in dir(plugin):
        options = _marker(plugin, name)
        if options is None:
            continue
        hook = options["specname"] or name
        if hook not in HOOKS:
            yield f"{name} is marked with @hookimpl, but there is no hook {hook!r}" + did_you_mean(hook, HOOKS)
        elif options["wrapper"] or options["hookwrapper"]:
            # A wrapper sits around the other plugins' calls, so that its failure could not be kept to itself.
            yield f"{name} is a wrapper; hooks of Eventyard take no wrappers, use tryfirst or trylast"
        elif hook not in COROUTINE_HOOKS and inspect.iscoroutinefunction(getattr(plugin, name)):
            allowed = ", ".join(sorted(COROUTINE_HOOKS))
            yield f"{name} is a coroutine function, but must be a plain one (only {allowed} may be coroutines)"
        elif _is_generator(getattr(plugin, name), hook):
            if hook == "lifespan":
                text = "must give a context manager: put @asynccontextmanager under @hookimpl"
            else:
                text = "must return what it gives: write return instead of yield"
            yield f"{name} is a generator, but {text}"
    if isinstance(plugin, Plugin):
        for hook in HOOKS:
            overridden = inspect.getattr_static(plugin, hook) is not vars(Plugin)[hook]
            if overridden and _marker(plugin, hook) is None:
                yield f"{hook} overrides a hook, but lacks the marker @hookimpl"


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
