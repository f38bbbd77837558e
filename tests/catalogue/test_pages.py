"""The pages of the catalogue: complete, and safe whatever the schemas say."""

from html.parser import HTMLParser

import aiohttp
from eventyard.catalogue import Catalogue, content_security_policy, html_page, markdown_page


class Reader(HTMLParser):
    """Keeps the elements, attributes and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if given.get("href"):
            self.links.add(str(given["href"]))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_has_every_type_with_its_members_and_examples(catalogue: Catalogue) -> None:
    page = Reader(html_page(catalogue))
    assert page.ids == [each.name for each in catalogue.types]
    assert page.links == {f"#{each.name}" for each in catalogue.types}
    assert page.open == []
    for each in catalogue.types:
        for name in each.current.schema.get("properties", {}):
            assert name.replace("\r\n", "\n") in page.text.replace("\r\n", "\n")


def test_no_text_of_a_schema_becomes_an_element(catalogue: Catalogue) -> None:
    page = Reader(html_page(catalogue))
    allowed = (
        "html head meta title style body div nav h1 h2 h3 ul li a main p section dl dt dd code table thead tbody tr"
    )
    assert page.elements == {*allowed.split(), *["th", "td", "span", "pre", "details", "summary"]}
    assert page.attributes == {"aria-label", "charset", "class", "content", "href", "id", "lang", "name"}
    assert "<script>alert(1)</script>" in page.text


def test_every_row_of_the_markdown_stays_a_row(catalogue: Catalogue) -> None:
    page = markdown_page(catalogue)
    columns: set[int] = set()
    in_code = False
    for line in page.splitlines():
        in_code ^= line.startswith("```")
        if line.startswith("|"):
            columns.add(line.replace("\\|", "").count("|"))
        elif not in_code:
            assert "<script>" not in line
    assert columns == {5, 6}
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == [e.name for e in catalogue.types]


async def test_the_server_shows_the_page_under_a_strict_policy(http: aiohttp.ClientSession) -> None:
    async with http.get("/schemas") as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        policy = response.headers["Content-Security-Policy"]
        assert policy == content_security_policy()
        assert "default-src 'none'" in policy
        assert 'id="tool_start"' in await response.text()
