"""Messages between the parent and its processes: one JSON object a line over a socket pair.

Nothing that a worker sends can run code in the parent: the reader knows JSON alone.
"""

from __future__ import annotations

import json
import socket
from typing import Any

MESSAGE_LIMIT = 4 << 20
"""Longest message that is accepted, bytes; a worker that sends more is at fault."""

Message = dict[str, Any]


class ChannelClosed(Exception):
    """The other side closed the channel, or died."""


class ChannelTimeout(Exception):
    """The other side did not answer in time."""


class Channel:
    """One end of a socket pair."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._buffer = bytearray()

    @classmethod
    def pair(cls) -> tuple[Channel, socket.socket]:
        """This side's channel, and the bare socket for a child to inherit."""
        ours, theirs = socket.socketpair()
        return cls(ours), theirs

    def fileno(self) -> int:
        """The descriptor, for a selector; -1 once closed."""
        return self._socket.fileno()

    def send(self, message: Message) -> None:
        """Send one message.

        Raises:
            ChannelClosed: nobody reads any more.
        """
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise ChannelClosed from error

    def receive(self, timeout_s: float | None = None) -> Message:
        """The next message.

        Raises:
            ChannelClosed: the other side is gone, or sent what is no message.
            ChannelTimeout: nothing whole came within `timeout_s` of the last bytes.
        """
        while b"\n" not in self._buffer:
            try:
                if self._socket.gettimeout() != timeout_s:
                    self._socket.settimeout(timeout_s)
                received = self._socket.recv(65536)
            except TimeoutError as error:
                raise ChannelTimeout from error
            except OSError as error:
                raise ChannelClosed from error
            if not received or len(self._buffer) > MESSAGE_LIMIT:
                raise ChannelClosed
            self._buffer += received
        end = self._buffer.index(b"\n")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            message = json.loads(line.decode())
        except (ValueError, RecursionError) as error:
            raise ChannelClosed from error
        if not isinstance(message, dict):
            raise ChannelClosed
        return message

    @property
    def pending(self) -> bool:
        """Whether a whole message was already read and waits in the buffer, where no selector sees it."""
        return b"\n" in self._buffer

    def close(self) -> None:
        """Close this end; the other side reads an end of file."""
        self._socket.close()
