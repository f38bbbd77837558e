"""Socket.IO packets as they are on the wire."""

from typing import Any

import pytest
from eventyard.client.subscription.packets import Packet, PacketKind, connect_packet, event_packet, read_packet
from hypothesis import given
from hypothesis import strategies as st
from socketio.packet import Packet as Stock


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ('0/tools,{"sid":"x"}', Packet(PacketKind.CONNECT, "/tools", None, {"sid": "x"})),
        ('0{"sid":"x"}', Packet(PacketKind.CONNECT, "/", None, {"sid": "x"})),
        ("1/tools,", Packet(PacketKind.DISCONNECT, "/tools", None, None)),
        ("1/tools", Packet(PacketKind.DISCONNECT, "/tools", None, None)),
        ('2/tools,["a",{"b":1}]', Packet(PacketKind.EVENT, "/tools", None, ["a", {"b": 1}])),
        ('2/tools,12["a"]', Packet(PacketKind.EVENT, "/tools", 12, ["a"])),
        ('3/tools,7[{"ok":true}]', Packet(PacketKind.ACK, "/tools", 7, [{"ok": True}])),
        ('3/tools,0["1"]', Packet(PacketKind.ACK, "/tools", 0, ["1"])),
        ('4/tools,{"message":"no"}', Packet(PacketKind.CONNECT_ERROR, "/tools", None, {"message": "no"})),
    ],
)
def test_a_packet_is_read(text: str, packet: Packet) -> None:
    assert read_packet(text) == packet


@pytest.mark.parametrize("text", ["", "9", "x", "51-/a,[]", "2/tools,[", '2/tools,["a"'])
def test_what_is_no_packet_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_packet(text)


@given(
    st.from_regex(r"/[a-z][a-z0-9_/]{0,10}", fullmatch=True),
    st.text(st.characters(codec="utf-8")),
    st.none() | st.integers(0, 10**6),
    st.recursive(st.none() | st.booleans() | st.text(st.characters(codec="utf-8")) | st.integers(-9, 9), st.lists),
)
def test_the_stock_library_understands_what_is_sent_and_the_other_way_round(
    namespace: str, name: str, number: int | None, argument: Any
) -> None:
    arguments = [name] if argument is None else [name, argument]
    stock = Stock(encoded_packet=event_packet(namespace, name, argument, number))
    assert (stock.namespace, stock.id, stock.data) == (namespace, number, arguments)
    text = Stock(2, arguments, namespace, number).encode()
    assert read_packet(text) == Packet(PacketKind.EVENT, namespace, number, arguments)
    assert Stock(encoded_packet=connect_packet(namespace, {"token": name})).data == {"token": name}
