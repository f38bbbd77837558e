"""Which heads are those of plain posts; all others are aiohttp's to judge."""

import pytest
from eventyard.http.intake.head import Head, read_head

HEAD = (
    b"POST /v1/events HTTP/1.1\r\nHost: localhost:8765\r\nContent-Type: application/json\r\n"
    b"Connection: keep-alive\r\nContent-Length: 12"
)


def test_a_plain_post_is_read() -> None:
    headers = {
        "host": "localhost:8765",
        "content-type": "application/json",
        "connection": "keep-alive",
        "content-length": "12",
    }
    assert read_head(HEAD) == Head("/v1/events", 12, headers)


def test_names_of_headers_have_no_case_and_values_have_theirs() -> None:
    head = read_head(HEAD + b"\r\nAUTHORIZATION: Bearer aB")
    assert head is not None
    assert head.headers["authorization"] == "Bearer aB"


@pytest.mark.parametrize(
    "line",
    [
        b"POST /v1/events HTTP/1.0",
        b"GET /v1/events HTTP/1.1",
        b"POST  /v1/events HTTP/1.1",
        b"POST /v1/events?a=1 HTTP/1.1",
        b"POST /v1/events/../health HTTP/1.1",
        b"POST /v1/%65vents HTTP/1.1",
        b"POST http://localhost/v1/events HTTP/1.1",
        b"\r\nPOST /v1/events HTTP/1.1",
    ],
)
def test_another_request_line_is_none(line: bytes) -> None:
    assert read_head(HEAD.replace(b"POST /v1/events HTTP/1.1", line)) is None


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 12",
        b"Content-Length: 13",
        b"Host: evil.example",
        b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip",
        b"Expect: 100-continue",
        b"Upgrade: websocket",
        b"Origin: http://evil.example",
        b"Sec-Fetch-Site: cross-site",
        b"ce-type: tool_start",
        b"X-A : b",
        b"X-A:b",
        b"X-A: b ",
        b"X-A: b\r\n c",
        b"X-A: b\nContent-Length: 0",
        b"X-A: b\rX-B: c",
        b"X-A: \xc3\xa9",
        b"X-A: a\x00b",
        b"X A: b",
        b": b",
    ],
)
def test_a_head_with_an_unusual_header_is_none(header: bytes) -> None:
    assert read_head(HEAD + b"\r\n" + header) is None


@pytest.mark.parametrize("length", [b"0", b"+12", b"-1", b"012", b"1_2", b"12, 12", b"0x12", b"12345678901", b""])
def test_a_head_with_an_unusual_length_is_none(length: bytes) -> None:
    assert read_head(HEAD.replace(b"Content-Length: 12", b"Content-Length: " + length)) is None


def test_a_head_without_a_length_is_none() -> None:
    assert read_head(HEAD.replace(b"\r\nContent-Length: 12", b"")) is None


@pytest.mark.parametrize("value", [b"close", b"Upgrade", b"keep-alive, Upgrade"])
def test_a_head_that_wants_another_connection_is_none(value: bytes) -> None:
    assert read_head(HEAD.replace(b"keep-alive", value)) is None
