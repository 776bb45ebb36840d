"""Text of strangers made visible: control and direction characters become signs that do nothing."""

import re

from markupsafe import Markup, escape

__all__ = ["lines", "prose", "visible"]

# C0, DEL, C1; zero-width and direction marks; line separators; BOM, interlinear marks, surrogates, tags.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
BREAKS = {"\r\n", "\r", "\n"}
SHOWN_CHARACTERS = 20_000  # an excerpt is short; a page must not grow with a stream


def sign(character: str) -> str:
    """The picture of one control character, or its escape where Unicode has no picture."""
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "\u2421"
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def visible(text: str) -> str:
    """`text` on one line, with every character that would not be seen replaced by its sign."""
    shown = UNSEEN.sub(lambda found: sign(found[0]), text[:SHOWN_CHARACTERS])
    return shown + "…" * (len(text) > SHOWN_CHARACTERS)


def lines(text: str) -> Markup:
    """`text` as safe HTML for a <pre>: signs marked up, and a line break wherever an SSE reader sees one."""
    pieces = re.split(r"(\r\n|\r|\n)", text[:SHOWN_CHARACTERS])
    shown = "".join(marked(piece) + "\n" * (piece in BREAKS) for piece in pieces)
    left = len(text) - SHOWN_CHARACTERS
    return Markup(shown + (f"\n… {left} more characters in the result file" if left > 0 else ""))


def marked(piece: str) -> str:
    """One piece, escaped, with each run of unseen characters in an element of its own."""
    return "".join(
        f'<i class="sign">{escape(visible(part))}</i>' if UNSEEN.match(part) else str(escape(part))
        for part in re.split(f"({UNSEEN.pattern}+)", piece)
    )


def prose(text: str) -> Markup:
    """`text` as safe HTML that keeps its line breaks, for sentences and commands of several lines."""
    return Markup("\n").join(visible(line) for line in text[:SHOWN_CHARACTERS].split("\n"))
