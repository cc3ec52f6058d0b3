"""Messages over a socket pair: whole or not at all, and nothing but JSON objects."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from patternbench.experiment.channel import MESSAGE_LIMIT, Channel, ChannelClosed, ChannelTimeout

Ends = tuple[Channel, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    ours, theirs = Channel.pair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_messages_arrive_in_order_and_whole(ends: Ends) -> None:
    ours, theirs = ends
    other = Channel(theirs)
    other.send({"first": 1, "text": "ä\n\u2028"})
    other.send({"second": [1.5, None]})
    assert ours.receive(5) == {"first": 1, "text": "ä\n\u2028"}
    assert ours.pending
    assert ours.receive(5) == {"second": [1.5, None]}
    assert not ours.pending


def test_a_message_in_pieces_is_put_together(ends: Ends) -> None:
    ours, theirs = ends
    theirs.sendall(b'{"a": ')
    with pytest.raises(ChannelTimeout):
        ours.receive(0.01)
    theirs.sendall(b'3}\n{"b"')
    assert ours.receive(5) == {"a": 3}
    assert not ours.pending


def test_a_message_larger_than_any_buffer_arrives(ends: Ends) -> None:
    ours, theirs = ends
    big = {"text": "x" * (MESSAGE_LIMIT // 2)}
    sender = threading.Thread(target=Channel(theirs).send, args=(big,))
    sender.start()
    assert ours.receive(30) == big
    sender.join()


def test_a_flood_without_an_end_is_refused(ends: Ends) -> None:
    ours, theirs = ends

    def flood() -> None:
        try:
            while True:
                theirs.sendall(b"x" * 65536)
        except OSError:
            pass

    sender = threading.Thread(target=flood)
    sender.start()
    with pytest.raises(ChannelClosed):
        ours.receive(30)
    ours.close()
    sender.join()


@pytest.mark.parametrize(
    "line",
    [b"hello\n", b"[1]\n", b"3\n", b'{"a": \n', b"\xff\xfe\n", b"\n", b"[" * 100_000 + b"\n"],
    ids=["word", "list", "number", "cut", "bytes", "empty", "deep"],
)
def test_what_is_no_message_closes_the_channel(ends: Ends, line: bytes) -> None:
    ours, theirs = ends
    theirs.sendall(line)
    with pytest.raises(ChannelClosed):
        ours.receive(5)


def test_an_end_that_is_gone_is_noticed_by_reader_and_writer(ends: Ends) -> None:
    ours, theirs = ends
    theirs.close()
    with pytest.raises(ChannelClosed):
        ours.receive(5)
    with pytest.raises(ChannelClosed):
        ours.send({"a": 1})


def test_a_closed_channel_has_no_descriptor(ends: Ends) -> None:
    ours, _ = ends
    assert ours.fileno() >= 0
    ours.close()
    assert ours.fileno() == -1
    with pytest.raises(ChannelClosed):
        ours.receive(1)
