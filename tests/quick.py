"""What is the same for every app of a run of the tests, made once."""

from collections.abc import Callable
from types import CodeType
from typing import Any, ClassVar

import werkzeug.routing
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """Templates as they were compiled, by name and content."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


class Rule(werkzeug.routing.Rule):
    """A rule whose address is put together by code that was compiled for an app before."""

    _kept: ClassVar[dict[tuple[Any, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        what = (self.rule, *self._trace, repr(self.defaults), append_unknown)
        if what not in self._kept:
            self._kept[what] = super()._compile_builder(append_unknown)
        return self._kept[what]
