"""A network of one cable whose far end is the tests' PostgreSQL, and that can be pulled out."""

import ctypes
import os
import selectors
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CLONE_NEWNET = 0x40000000
_PIECE = 65_536


class Cable:
    """Two ends of a virtual Ethernet cable: one here, one in a network namespace of its own."""

    def __init__(self) -> None:
        serial = os.getpid() % 16_000
        self.space = f"coop-{serial}"
        self.here, self.there = f"ct{serial}h", f"ct{serial}t"
        net = f"10.213.{serial // 64}.{serial % 64 * 4}".rsplit(".", 1)
        self.our_address = f"{net[0]}.{int(net[1]) + 1}"
        self.address = f"{net[0]}.{int(net[1]) + 2}"

    def lay(self) -> None:
        self._ip("netns", "add", self.space)
        ends = ("link", "add", self.here, "type", "veth", "peer", "name", self.there)
        self._ip(*ends, "netns", self.space)
        self._ip("addr", "add", f"{self.our_address}/30", "dev", self.here)
        self._ip("link", "set", self.here, "up")
        self._ip("-n", self.space, "addr", "add", f"{self.address}/30", "dev", self.there)
        self.mend()

    def pull(self) -> None:
        """From now on nothing arrives, and nobody is told."""
        self._ip("-n", self.space, "link", "set", self.there, "down")

    def mend(self) -> None:
        self._ip("-n", self.space, "link", "set", self.there, "up")

    def take_up(self) -> None:
        for what in (("link", "del", self.here), ("netns", "del", self.space)):
            subprocess.run(["ip", *what], capture_output=True, check=False)

    def listen_there(self) -> socket.socket:
        """A socket at the far end of the cable."""
        heard: list[socket.socket] = []

        def enter() -> None:
            libc = ctypes.CDLL(None, use_errno=True)
            with Path("/run/netns", self.space).open() as space:
                if libc.setns(space.fileno(), _CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            heard.append(socket.create_server((self.address, 0)))

        # Only this thread goes there: a socket stays in the namespace where it was made.
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        return heard[0]

    def _ip(self, *words: str) -> None:
        done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no network can be laid here: ip {' '.join(words)}: {done.stderr.strip()}")


class Forwarder:
    """Passes on what arrives at the far end of a cable to a server of this machine."""

    def __init__(self, listener: socket.socket, server: tuple[str, int]) -> None:
        self._listener, self._server = listener, server
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._stop, self._wake = socket.socketpair()
        self._selector.register(self._stop, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._work)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._wake.close()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _work(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._stop:
                    return
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj.fileno() >= 0:  # type: ignore[union-attr]
                    self._pass_on(key.fileobj, key.data)  # type: ignore[arg-type]

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        far = socket.create_connection(self._server)
        self._selector.register(near, selectors.EVENT_READ, far)
        self._selector.register(far, selectors.EVENT_READ, near)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            piece = source.recv(_PIECE)
            target.sendall(piece)
        except OSError:
            piece = b""
        if not piece:
            for end in (source, target):
                self._selector.unregister(end)
                end.close()


@contextmanager
def cable_to(host: str, port: int) -> Iterator[tuple[Cable, int]]:
    """A cable to a server of this machine, and the port of its far end; skips where none can be."""
    if os.geteuid() != 0:
        pytest.skip("only root may lay a network to pull out")
    if shutil.which("ip") is None:
        pytest.fail("ip is missing: apt-get install iproute2")
    cable = Cable()
    try:
        cable.lay()
        forwarder = Forwarder(cable.listen_there(), (host, port))
        forwarder.start()
        try:
            yield cable, forwarder.port
        finally:
            forwarder.close()
    finally:
        cable.take_up()
