"""What the reader of foreign files takes away from itself before it looks at one.

Time and memory are limited everywhere; the network, and the starting of programs, on Linux,
by a filter of system calls (seccomp).
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import time
from collections.abc import Sequence
from functools import cache

MEMORY_BYTES = 1024 * 1024 * 1024
FILE_BYTES = 64 * 1024 * 1024
OPEN_FILES = 64
_NICE = 10

# How long the reader took to start says how fast the machine is; less than this is not believed.
_LEAST_START_S, _MOST_START_S = 0.4, 2.0
STARTS, STARTS_A_MEGABYTE, MOST_STARTS = 2.5, 3.75, 25.0
_STARTS_FOR_SYSTEMS = 1.5
_MEGABYTE = 1024 * 1024

# socket, socketpair, execve, execveat, ptrace, kill: by machine, with its AUDIT_ARCH number.
_FORBIDDEN = {
    "x86_64": (0xC000003E, (41, 53, 59, 322, 101, 62)),
    "aarch64": (0xC00000B7, (198, 199, 221, 281, 117, 129)),
}
_X32 = 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM


def confine() -> None:
    """Give up memory, files, priority, the network and other programs, for good."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(_NICE)
    _filter_system_calls()


def allow_seconds_for(size_bytes: int, most_s: float | None = None) -> None:
    """Be ended after as much processor time as a file of that size, unpacked, may take.

    The unit is the time this process took to start, so that a slow machine has its time too:
    2.5 of them and 3.75 for each megabyte, at most 25; a file of 1 MB has 2.5 s where the start
    takes 0.4 s.
    """
    start_s = _start_s()
    starts = min(STARTS + STARTS_A_MEGABYTE * size_bytes / _MEGABYTE, MOST_STARTS)
    allowed_s = start_s * starts
    signal.setitimer(signal.ITIMER_PROF, allowed_s if most_s is None else min(allowed_s, most_s))
    most = int(_MOST_START_S * (MOST_STARTS + 1)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def allow_time_for_systems() -> None:
    """More time, where it is limited: the systems of a country depend on nothing in the file."""
    left_s, _ = signal.getitimer(signal.ITIMER_PROF)
    if left_s:
        signal.setitimer(signal.ITIMER_PROF, left_s + _start_s() * _STARTS_FOR_SYSTEMS)


@cache
def _start_s() -> float:
    """Processor seconds this process took until it first asked."""
    return min(max(time.process_time(), _LEAST_START_S), _MOST_START_S)


def _filter_system_calls() -> None:
    known = _FORBIDDEN.get(platform.machine())
    if platform.system() != "Linux" or known is None:
        return
    rules = b"".join(_program(*known))
    buffer = ctypes.create_string_buffer(rules, len(rules))
    # struct sock_fprog: how many rules, and where they are.
    program = struct.pack("HxxxxxxP", len(rules) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero):
        return
    libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), program, zero, zero)


def _program(arch: int, forbidden: Sequence[int]) -> Sequence[bytes]:
    """Refuse calls of another kind of machine and those forbidden: seccomp(2)."""
    count = len(forbidden)
    return [
        _rule(_LOAD, 4),
        _rule(_IF_EQUAL, arch, no=count + 3),
        _rule(_LOAD, 0),
        _rule(_IF_AT_LEAST, _X32, yes=count + 1),
        *(_rule(_IF_EQUAL, call, yes=count - place) for place, call in enumerate(forbidden)),
        _rule(_RETURN, _ALLOW),
        _rule(_RETURN, _REFUSE),
    ]


def _rule(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)
