"""Where clients on this machine find the server."""

import pytest
from eventyard.settings import InvalidSettings, ServerAddress, server_address


def test_by_default_it_is_the_loopback_address() -> None:
    assert server_address(environ={}) == ServerAddress("http://127.0.0.1:8765")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost", "http://127.0.0.1:9000"),
        ("0.0.0.0", "http://127.0.0.1:9000"),
        ("::", "http://[::1]:9000"),
        ("::1", "http://[::1]:9000"),
        ("yard.example", "http://yard.example:9000"),
    ],
)
def test_it_follows_the_settings(host: str, url: str) -> None:
    environ = {"SOCKETIO_HOST": host, "SOCKETIO_PORT": "9000", "EVENTYARD_TOKEN": "t"}
    assert server_address(environ=environ) == ServerAddress(url, "t")


def test_what_is_given_wins() -> None:
    found = server_address("https://yard.example/", "mine", environ={"EVENTYARD_TOKEN": "t", "SOCKETIO_PORT": "1"})
    assert found == ServerAddress("https://yard.example", "mine")


def test_settings_that_are_no_address_are_refused() -> None:
    with pytest.raises(InvalidSettings, match="port: expected a whole number"):
        server_address(environ={"SOCKETIO_PORT": "http"})


def test_the_token_is_not_in_its_representation() -> None:
    assert "geheim" not in repr(ServerAddress("http://127.0.0.1:1", "geheim"))
