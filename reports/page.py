"""Results in, one HTML document out: it names no other resource, and forbids the browser to fetch any."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.comparison import Comparison, comparison
from reports.gate import Judgement
from reports.load import Unreadable
from reports.load_schema import Load
from reports.matrix import matrix
from reports.parts import ConformancePart, LoadPart, Part, parts
from reports.schemas import Result
from reports.score import bar, by_tone
from reports.shapes import shape, symbols, tone
from reports.sides import Loaded, sides
from reports.strip import strip, told
from reports.tally import ORDER
from reports.units import count, ms, plain
from reports.visible import cut, lines, prose, unescaped, visible, worded

__all__ = ["page", "pieces"]

WEB = re.compile(r"https?://[^\s<>\"{}\\^`|]+")  # without what RFC 3986 leaves out


def page(results: Sequence[Result], sources: Sequence[str] = (), missed: Sequence[Unreadable] = ()) -> str:
    """The whole document; `sources` are the names of the files that the results came from."""
    named = [*sources, *(f"result {n}" for n in range(len(sources) + 1, len(results) + 1))]
    return "".join(pieces([Loaded(*each) for each in zip(named, results, strict=False)], missed))


def pieces(
    loaded: Sequence[Loaded], missed: Sequence[Unreadable] = (), judgements: Sequence[Judgement] = ()
) -> Iterator[str]:
    """One document, piece by piece: it may be larger than one would like to hold."""
    made = parts(loaded)
    targets = [part for part in made if isinstance(part, ConformancePart)]
    compared = comparison(sides(loaded, Load))
    rooms = environment()
    style, script = text(rooms, "style.css"), text(rooms, "script.js")
    return rooms.get_template("page.html").generate(
        title=title(made),
        version=version("eventbahn"),
        policy=policy(style, script),
        style=style,
        script=script,
        symbols=symbols(),
        sources=[each.name for each in loaded],
        missed=missed,
        judgements=judgements,
        parts=made,
        figures=drawings,
        targets=targets,
        matrix=matrix(targets) if len(targets) > 1 else None,
        comparison=compared,
        side_by_side=side_by_side(compared),
        verdicts=present(targets),
    )


def environment() -> Environment:
    """Whatever a template prints is escaped and visible, unless this package made the markup itself."""
    made = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "bar": bar,
        "by_tone": by_tone,
        "count": count,
        "cut": cut,
        "lines": lines,
        "ms": ms,
        "plain": plain,
        "prose": prose,
        "shape": shape,
        "strip": strip,
        "told": told,
        "tone": tone,
        "unescaped": unescaped,
        "web": web,
        "worded": worded,
    }
    return made


def shown(value: Any) -> Any:
    """The last step before escaping, for every `{{ … }}`."""
    match value:
        case Markup():
            return value
        case None:
            return ""
        case _:
            return visible(str(value))


def web(url: str | None) -> str | None:
    """A URL that a page may link to, or None: `javascript:` is no place to go, nor is `/events/{channel}`."""
    return url if url and WEB.fullmatch(url) else None


def text(rooms: Environment, name: str) -> Markup:
    """A file of ours that goes into the page as it is."""
    assert rooms.loader is not None, "the environment above has a loader"
    return Markup(rooms.loader.get_source(rooms, name)[0])


def policy(style: str, script: str) -> str:
    """A Content-Security-Policy by which nothing counts but what stands in the page itself."""
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; style-src-elem {digest(style)}; "
        f"style-src-attr 'unsafe-inline'; script-src {digest(script)}; base-uri 'none'; form-action 'none'"
    )


def digest(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


def title(made: Sequence[Part]) -> str:
    """What the browser's tab says."""
    names = list(dict.fromkeys(part.name for part in made))
    return f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''} · eventbahn"


def drawings(part: LoadPart, brief: bool) -> list[Any]:
    """The figures of a load run, as far as there is something to draw."""
    # matplotlib takes half a second to import, which a conformance report need not wait for.
    from reports.gallery import gallery

    return gallery(part, brief=brief)


def side_by_side(found: Comparison | None) -> list[Any]:
    """The figures of a comparison."""
    if found is None:
        return []
    from reports.gallery import abreast_gallery

    return abreast_gallery(found)


def present(targets: Sequence[ConformancePart]) -> list[str]:
    """The verdicts that a reader can filter by."""
    found = {verdict for target in targets for section in target.sections for verdict in section.tally.counts}
    return [verdict for verdict in ORDER if verdict in found]
