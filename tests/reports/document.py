"""A page read back by another reader than the one that wrote it: Python's own HTML parser."""

from html.parser import HTMLParser
from typing import NamedTuple

INLINE = {"a", "b", "code", "i", "span", "strong", "svg", "use"}
VOID = {"meta", "input", "link", "br", "hr", "img"}


class Element(NamedTuple):
    """One start tag."""

    tag: str
    attributes: dict[str, str | None]


class Document(HTMLParser):
    """Elements and text of a document; a tag that doesn't match raises AssertionError."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"<{tag}> has an attribute twice: {attrs}"
        self.elements.append(Element(tag, dict(attrs)))
        self.part(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag], f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()
        self.part(tag)

    def part(self, tag: str) -> None:
        """Blocks and cells stand apart; what is inline does not part a word."""
        if tag not in INLINE:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.words.append(data)

    @property
    def text(self) -> str:
        """What is read, white space evened out."""
        return " ".join("".join(self.words).split())

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [element.attributes for element in self.elements if element.tag == tag]

    def ids(self) -> list[str]:
        return [element.attributes["id"] or "" for element in self.elements if "id" in element.attributes]
