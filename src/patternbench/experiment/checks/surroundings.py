"""Does it change what belongs to the whole process? Later calls, and everything else in it, then run elsewhere."""

from __future__ import annotations

import gc
import locale
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from patternbench.experiment.checks.evidence import Evidence
from patternbench.experiment.checks.reach import modules_of
from patternbench.experiment.checks.trial import Watch
from patternbench.experiment.subject import Subject


class _Setting(NamedTuple):
    read: Callable[[], Any]
    put_back: Callable[[Any], object]


class Surroundings(Watch):
    """Reads the settings of the process, and the functions of modules that the suite imported, around the first call.

    Attributes:
        changed: settings that were others afterwards.
        replaced: functions and classes that were others afterwards, such as "json.dumps".
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.changed: list[str] = []
        self.replaced: list[str] = []
        self._settings: dict[str, Any] | None = None
        self._modules = _libraries(modules_of(subject.instance, subject.variant.name))
        self._members: dict[ModuleType, dict[str, object]] = {}
        self._looked = False

    def before(self) -> None:
        if self._settings is not None:
            return
        self._settings = {name: _read(setting) for name, setting in _SETTINGS.items()}
        self._members = {module: _members(module) for module in self._modules}

    def after(self, result: object) -> None:
        if self._looked or self._settings is None:
            return
        self._looked = True
        self.changed = [name for name, value in self._settings.items() if _read(_SETTINGS[name]) != value]
        self.replaced = [f"{module.__name__}.{name}" for module, name, _ in self._replaced()]

    def end(self) -> None:
        for name, value in (self._settings or {}).items():
            if _read(_SETTINGS[name]) != value:
                with suppress(Exception):
                    _SETTINGS[name].put_back(value)
        for module, name, original in self._replaced():
            setattr(module, name, original)

    def _replaced(self) -> list[tuple[ModuleType, str, object]]:
        return [
            (module, name, original)
            for module, members in self._members.items()
            for name, original in members.items()
            if vars(module).get(name, original) is not original
        ]


def changes_settings(evidence: Evidence) -> str | None:
    """A setting of the process, left changed."""
    changed = evidence.own.of(Surroundings).changed
    return f"changes {' and '.join(changed)} for its whole process" if changed else None


def replaces_functions(evidence: Evidence) -> str | None:
    """A function of a library, left replaced."""
    replaced = evidence.own.of(Surroundings).replaced
    return f"replaces {' and '.join(replaced)} for its whole process" if replaced else None


def _libraries(users: Iterable[str]) -> list[ModuleType]:
    """Libraries that a variant's modules imported; neither the suite's own files, nor the harness and its patterns."""
    imported = {
        value.__name__: value
        for user in filter(None, map(sys.modules.get, users))
        for value in vars(user).values()
        if isinstance(value, ModuleType)
    }
    return [value for name, value in imported.items() if _is_library(name.partition(".")[0], value)]


def _is_library(package: str, module: ModuleType) -> bool:
    if package in sys.stdlib_module_names:
        return True
    parts = Path(getattr(module, "__file__", None) or "").parts
    return package != "patternbench" and not {"site-packages", "dist-packages"}.isdisjoint(parts)


def _members(module: ModuleType) -> dict[str, object]:
    return {name: value for name, value in vars(module).items() if callable(value)}


def _read(setting: _Setting) -> Any:
    with suppress(Exception):
        return setting.read()
    return None


def _handlers() -> dict[int, Any]:
    numbers = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGALRM", "SIGHUP"))
    return {number: signal.getsignal(number) for number in numbers if number is not None}


def _put_back_handlers(handlers: dict[int, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _put_back_environment(environment: dict[str, str]) -> None:
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)


def _put_back_path(path: list[str]) -> None:
    sys.path[:] = path


def _put_back_collecting(collecting: bool) -> None:  # noqa: FBT001 - the value that was read
    (gc.enable if collecting else gc.disable)()


_SETTINGS = {
    "the working directory": _Setting(os.getcwd, os.chdir),
    "environment variables": _Setting(lambda: dict(os.environ), _put_back_environment),
    "sys.path": _Setting(lambda: list(sys.path), _put_back_path),
    "the recursion limit": _Setting(sys.getrecursionlimit, sys.setrecursionlimit),
    "the switch interval of threads": _Setting(sys.getswitchinterval, sys.setswitchinterval),
    "the thresholds of the garbage collector": _Setting(gc.get_threshold, lambda value: gc.set_threshold(*value)),
    "whether garbage is collected": _Setting(gc.isenabled, _put_back_collecting),
    "the trace function": _Setting(sys.gettrace, sys.settrace),
    "the profile function": _Setting(sys.getprofile, sys.setprofile),
    "the locale": _Setting(
        lambda: locale.setlocale(locale.LC_ALL), lambda value: locale.setlocale(locale.LC_ALL, value)
    ),
    "the level of the root logger": _Setting(
        lambda: logging.getLogger().level, lambda value: logging.getLogger().setLevel(value)
    ),
    "signal handlers": _Setting(_handlers, _put_back_handlers),
}
