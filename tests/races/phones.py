"""Many signed-in phones in one process, each with a connection that it keeps."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

_PATIENCE_S = 120.0
BOOKINGS = "/api/v1/bookings"


@dataclass(frozen=True)
class Answer:
    """What a phone was told, by which worker, and after how long."""

    status: int
    said: Any
    worker: str
    took_s: float
    replayed: bool = False


@dataclass
class Phone:
    """Somebody's phone: sends one act after another over a connection of its own."""

    port: int
    cookie: str
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def book(self, wish: dict[str, Any], key: str = "") -> Answer:
        """Send once. Raises ConnectionError where no whole answer came."""
        body = json.dumps(wish).encode()
        head = (
            f"POST {BOOKINGS} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Cookie: {self.cookie}; language=en\r\nIdempotency-Key: {key or uuid4()}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self.connect()
                assert self._writer is not None
                self._writer.write(head.encode() + body)
                return await self._read(began)
        except (OSError, EOFError, TimeoutError) as lost:
            await self.hang_up()
            raise ConnectionError("no whole answer came") from lost

    async def book_surely(self, wish: dict[str, Any], key: str) -> Answer:
        """Send again under the same key until there is an answer, as the outbox of a phone does."""
        while True:
            try:
                return await self.book(wish, key)
            except ConnectionError:
                await asyncio.sleep(0.05)

    async def connect(self) -> None:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
        self._reader = self._writer = None

    async def _read(self, began: float) -> Answer:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        named = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        body = await self._reader.readexactly(int(named["content-length"]))
        took_s = time.perf_counter() - began
        if named.get("connection") == "close":
            await self.hang_up()
        replayed = named.get("idempotency-replayed") == "true"
        return Answer(
            int(head[0].split()[1]), json.loads(body), named["x-worker"], took_s, replayed
        )


@asynccontextmanager
async def crowd(port: int, cookies: Sequence[str]) -> AsyncIterator[list[Phone]]:
    """As many phones as there are cookies, every one of them connected."""
    phones = [Phone(port, cookie) for cookie in cookies]
    await asyncio.gather(*(phone.connect() for phone in phones))
    try:
        yield phones
    finally:
        await asyncio.gather(*(phone.hang_up() for phone in phones))
