"""Text of strangers made visible: control and direction characters become names that do nothing."""

import re

from markupsafe import Markup, escape

__all__ = ["cut", "lines", "prose", "unescaped", "visible", "worded"]

# C0, DEL, C1; zero-width and direction marks; line separators; BOM, interlinear marks, surrogates, tags.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# Names, not the pictures of U+2400 ff.: few fonts have those.
CONTROLS = (  # noqa: SIM905 - a table of two lines
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
).split()
SHORT = {"\r": r"\r", "\n": r"\n", "\t": r"\t"}
ESCAPES = re.compile(r"\\[\\rnt]|(?:\\x[0-9a-f]{2})+")
BREAKS = {"\r\n", "\r", "\n"}
SHORT_CHARACTERS = 240
SHOWN_CHARACTERS = 4_000  # an excerpt is short; a page must not grow with a stream


def written(character: str) -> str:
    """An unseen character as an escape that any terminal and font can show."""
    if character in SHORT:
        return SHORT[character]
    point = ord(character)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def named(character: str) -> str:
    """The name by which the field knows an unseen character: CR, LF, ESC, U+202E."""
    point = ord(character)
    if point < len(CONTROLS):
        return CONTROLS[point]
    return "DEL" if point == 0x7F else f"U+{point:04X}"


def visible(text: str) -> str:
    """`text` on one line, with every character that would not be seen written as an escape."""
    shown = UNSEEN.sub(lambda found: written(found[0]), text[:SHOWN_CHARACTERS])
    return shown + "…" * (len(text) > SHOWN_CHARACTERS)


def cut(text: str) -> str:
    """No more of `text` than a line in a table bears."""
    return text if len(text) <= SHORT_CHARACTERS else text[: SHORT_CHARACTERS - 1] + "…"


def lines(text: str) -> Markup:
    """`text` as safe HTML for a <pre>: the unseen named, and a line break wherever an SSE reader sees one."""
    pieces = re.split(r"(\r\n|\r|\n)", text[:SHOWN_CHARACTERS])
    shown = "".join(marked(piece) + "\n" * (piece in BREAKS) for piece in pieces)
    left = len(text) - SHOWN_CHARACTERS
    return Markup(shown + (f"\n… {left} more characters in the result file" if left > 0 else ""))


def unescaped(text: str) -> str:
    r"""What the suite wrote as `\r`, `\n`, `\t`, `\\` or `\xNN`, as the characters themselves.

    Octets that are no UTF-8 stay as they are written.
    """
    return ESCAPES.sub(lambda found: character(found[0]), text[:SHOWN_CHARACTERS])


def character(escape_: str) -> str:
    """One escape, or a run of octets, read back."""
    if not escape_.startswith("\\x"):
        return {"r": "\r", "n": "\n", "t": "\t"}.get(escape_[1], escape_[1])
    try:
        return bytes.fromhex(escape_.replace("\\x", "")).decode()
    except UnicodeDecodeError:
        return escape_


def marked(piece: str) -> str:
    """One piece, escaped, with each unseen character named in an element of its own."""
    return "".join(
        f'<i class="sign">{named(part)}</i>' if UNSEEN.fullmatch(part) else str(escape(part))
        for part in re.split(f"({UNSEEN.pattern})", piece)
    )


def prose(text: str) -> Markup:
    """`text` as safe HTML that keeps its line breaks, for sentences and commands of several lines."""
    return Markup("\n").join(visible(line) for line in text[:SHOWN_CHARACTERS].split("\n"))


def worded(text: str) -> Markup:
    """Prose in which `…` is code, as the suite writes its advice."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(prose(text))))
