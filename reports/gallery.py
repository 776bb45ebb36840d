"""Which pictures a load run and a comparison get, in the order of the page: each where its data is."""

from collections.abc import Iterator

from reports.canvas import Drawing
from reports.comparison import Comparison
from reports.figures.abreast import abreast
from reports.figures.connecting import connecting
from reports.figures.difference import difference
from reports.figures.fanout import fan_out
from reports.figures.heatmap import heatmap
from reports.figures.ingest import hockey_stick
from reports.figures.levels import by_subscribers
from reports.figures.losses import losses
from reports.figures.percentiles import by_percentile
from reports.figures.rates import over_time
from reports.figures.slow import beside_slow_readers
from reports.figures.soak import drift
from reports.figures.storm import storm
from reports.parts import LoadPart

__all__ = ["abreast_gallery", "gallery"]


def gallery(part: LoadPart, *, brief: bool) -> list[Drawing]:
    """The figures of one run; of a run among many, those in `brief`."""
    drawn = briefly(part) if brief else candidates(part)
    return [drawing for drawing in drawn if drawing is not None]


def briefly(part: LoadPart) -> Iterator[Drawing | None]:
    yield by_percentile(part.phases, part.limits, f"{part.anchor}-nines")
    if part.series is not None:
        yield heatmap(part.series, part.phases, f"{part.anchor}-heat")
        yield losses(part.series, part.phases, f"{part.anchor}-losses")


def abreast_gallery(found: Comparison) -> list[Drawing]:
    """The figures of a comparison."""
    drawn = (abreast(found, f"{found.anchor}-levels"), difference(found, f"{found.anchor}-quantiles"))
    return [drawing for drawing in drawn if drawing is not None]


def candidates(part: LoadPart) -> Iterator[Drawing | None]:
    found, series, anchor = part.phases, part.series, part.anchor
    yield by_percentile(found, part.limits, f"{anchor}-nines")
    yield by_subscribers(found, f"{anchor}-levels")
    yield hockey_stick(found, f"{anchor}-ingest")
    yield storm(series, found, f"{anchor}-storm")
    yield beside_slow_readers(found, f"{anchor}-slow")
    if series is not None:
        yield heatmap(series, found, f"{anchor}-heat")
        yield drift(series, found, f"{anchor}-drift")
        yield over_time(series, found, f"{anchor}-time", to_all=part.result.to_all)
        yield losses(series, found, f"{anchor}-losses")
    yield connecting(series, found, f"{anchor}-connect")
    yield fan_out(part.result.events, part.result.subscribers, f"{anchor}-fan")
