"""A query parameter that cannot be meant is told, and not left out or changed."""

import aiohttp
import pytest

HISTORY = "/v1/streams/tools/events"
LETTERS = "/v1/dead-letters"


async def refusal(http: aiohttp.ClientSession, path: str) -> str:
    async with http.get(path) as response:
        problem = await response.json()
    assert (response.status, problem["type"]) == (400, "urn:eventyard:problem:malformed")
    detail: str = problem["detail"]
    return detail


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            f"{HISTORY}?typ=tool_start",
            "there is no parameter 'typ' here, only after, epoch, limit, type, session; did you mean 'type'?",
        ),
        (f"{HISTORY}?limit=1&sesion=s1", "'sesion' here, only after, epoch, limit, type, session; did you mean 'sess"),
        (f"{LETTERS}?types=tool_start", "'types' here, only after, limit, type; did you mean 'type'?"),
        (f"{LETTERS}?{'x' * 1000}=1", f"there is no parameter '{'x' * 50}'… here, only after, limit, type"),
        ("/metrics?fromat=prometheus", "there is no parameter 'fromat' here, only format; did you mean 'format'?"),
    ],
)
async def test_an_unknown_parameter_is_told_with_what_it_may_have_been_meant_to_be(
    http: aiohttp.ClientSession, path: str, told: str
) -> None:
    assert told in await refusal(http, path)


@pytest.mark.parametrize("path", [HISTORY, LETTERS])
@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1e2", "", "9" * 30])
async def test_a_limit_that_a_page_cannot_have_is_told_with_the_range(
    http: aiohttp.ClientSession, path: str, limit: str
) -> None:
    told = f"the parameter limit must be a whole number from 1 to 1000, not '{limit}'"
    assert await refusal(http, f"{path}?limit={limit}") == told


@pytest.mark.parametrize("path", [HISTORY, LETTERS])
@pytest.mark.parametrize("after", ["-1", str(2**63), "x", "1.0", "9" * 40])
async def test_an_after_that_no_place_has_is_told_with_the_range(
    http: aiohttp.ClientSession, path: str, after: str
) -> None:
    told = f"the parameter after must be a whole number from 0 to {2**63 - 1}, not '{after}'"
    assert await refusal(http, f"{path}?after={after}") == told


@pytest.mark.parametrize("path", [HISTORY, LETTERS])
@pytest.mark.parametrize("query", ["limit=1", "limit=1000", "after=0", f"after={2**63 - 1}"])
async def test_the_ends_of_the_ranges_are_in_them(http: aiohttp.ClientSession, path: str, query: str) -> None:
    async with http.get(f"{path}?{query}") as response:
        assert response.status == 200


async def test_a_format_of_the_metrics_that_there_is_not_is_told(http: aiohttp.ClientSession) -> None:
    assert "format must be json or prometheus, not 'xml'" in await refusal(http, "/metrics?format=xml")
    async with http.get("/metrics?format=json", headers={"Accept": "text/plain"}) as response:
        assert (response.status, response.content_type) == (200, "application/json")
