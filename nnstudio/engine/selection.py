"""A setting that takes several entries of a registry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from nnstudio.engine.registry import Parameter, Registry, SettingError, nearest_hint, normalized


@dataclass(frozen=True, kw_only=True)
class Selection(Parameter):
    """One or more entries of a registry, in the registry's order: ``x1,x2,product``.

    Attributes
    ----------
    registry : Registry
        Where the entries come from; they have no parameters.
    """

    registry: Registry[Any] = field(repr=False)

    @property
    def expected(self) -> str:
        return f"one or more of {', '.join(self.registry)}, with commas between them"

    def parse(self, given: object, key: str | None = None) -> tuple[str, ...]:
        parts: Iterable[object]
        if isinstance(given, str):
            parts = given.strip().strip("[]()").split(",")
        else:
            parts = given if isinstance(given, list | tuple) else [given]
        names = [normalized(part) for part in parts if str(part).strip()]
        for name in names:
            if name not in self.registry:
                hint = nearest_hint(name, tuple(self.registry))
                raise SettingError(key or self.key, given, self.expected + hint)
        if not names:
            raise SettingError(key or self.key, given, self.expected)
        return tuple(name for name in self.registry if name in names)

    def format(self, value: tuple[str, ...]) -> str:
        return ",".join(value)
