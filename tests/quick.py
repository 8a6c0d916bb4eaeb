"""What is the same for every app of a run of the tests, made once."""

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, ClassVar, NamedTuple

import werkzeug.routing
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import BaseConverter
from werkzeug.routing.rules import RulePart


class Compiled(BytecodeCache):
    """Templates as they were compiled, by name and content."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


class Parsed(NamedTuple):
    """What the parser makes of an address."""

    parts: list[RulePart]
    trace: list[tuple[bool, str]]
    converters: dict[str, BaseConverter]


class Rule(werkzeug.routing.Rule):
    """A rule whose address was parsed, and is put together by code compiled, for an app before."""

    _known: ClassVar[dict[str, Parsed]] = {}
    _kept: ClassVar[dict[tuple[Any, ...], Callable[..., tuple[str, str]]]] = {}

    def _parse_rule(self, rule: str) -> Iterator[RulePart]:
        known = self._known.get(rule)
        if known is None:
            at = len(self._trace)
            parts = list(super()._parse_rule(rule))
            self._known[rule] = Parsed(parts, self._trace[at:], dict(self._converters))
            return iter(parts)
        self._trace += known.trace
        self._converters |= known.converters
        self.arguments |= known.converters.keys()
        return iter(known.parts)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        what = (self.rule, *self._trace, repr(self.defaults), append_unknown)
        if what not in self._kept:
            self._kept[what] = super()._compile_builder(append_unknown)
        return self._kept[what]
