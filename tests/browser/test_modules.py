"""The page's pure modules, one by one, in the engine that runs them; no server is needed for that."""

import math
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

HOME = "http://dashboard.test"


@pytest.fixture(scope="module")
def home(chromium: Browser) -> Iterator[Page]:
    """A page that can import the dashboard's modules."""
    page = chromium.new_page(timezone_id="UTC")
    page.route(f"{HOME}/**", answer)
    page.goto(f"{HOME}/favicon.svg")
    yield page
    page.close()


def answer(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    kind = "text/javascript" if name.endswith(".js") else "image/svg+xml"
    route.fulfill(body=(files("reference_server") / "dashboard" / name).read_bytes(), content_type=kind)


# entries: a number is a seq that came over the stream, a list [seq] is a position from a snapshot
LEDGERS: dict[str, tuple[list[Any], tuple[int, int, int]]] = {
    "in order": ([0, 1, 2], (0, 0, 0)),
    "begins anywhere": ([7, 8], (0, 0, 0)),
    "a hole": ([0, 3], (2, 0, 0)),
    "a hole filled from below": ([0, 3, 1], (1, 0, 0)),
    "a hole filled from above": ([0, 3, 2], (1, 0, 0)),
    "a hole filled whole": ([0, 3, 2, 1], (0, 0, 0)),
    "a hole filled in its middle": ([0, 4, 2, 2], (2, 1, 0)),
    "the latest twice": ([0, 1, 1], (0, 1, 0)),
    "an old one twice": ([0, 1, 2, 0], (0, 1, 0)),
    "a late one twice": ([0, 3, 1, 1], (1, 1, 0)),
    "from before the page looked": ([5, 6, 3, 3], (0, 0, 0)),
    "a snapshot, then on": ([[5], 6], (0, 0, 0)),
    "a snapshot, then a hole": ([[5], 8], (2, 0, 0)),
    "the snapshot's own comes again": ([[5], 5], (0, 1, 0)),
    "passed over by a reset": ([0, 1, [5], 6], (0, 0, 3)),
    "a reset that passes over nothing": ([0, 1, [1], 2], (0, 0, 0)),
    "a hole before a reset stays": ([0, 3, [5], 6], (2, 0, 1)),
}


@pytest.mark.parametrize(("entries", "counts"), LEDGERS.values(), ids=LEDGERS)
def test_ledger(home: Page, entries: list[Any], counts: tuple[int, int, int]) -> None:
    found = home.evaluate(
        """async (entries) => {
            const { Ledger } = await import("/ledger.js");
            const ledger = new Ledger();
            for (const each of entries) {
                if (Array.isArray(each)) ledger.begin("a", 1, each[0]);
                else ledger.enter("a", 1, each);
            }
            return [ledger.missing, ledger.duplicates, ledger.skipped];
        }""",
        entries,
    )

    assert tuple(found) == counts


def test_a_ledger_is_kept_per_device_and_boot(home: Page) -> None:
    found = home.evaluate(
        """async () => {
            const { Ledger } = await import("/ledger.js");
            const ledger = new Ledger();
            for (const device of ["a", "b"]) for (const boot of [1, 2]) ledger.enter(device, boot, 5);
            ledger.enter("a", 1, 8);
            return [ledger.missing, ledger.of("a").missing, ledger.of("b").missing];
        }"""
    )

    assert found == [2, 2, 0]


def test_a_ledger_forgets_old_holes_and_keeps_their_count(home: Page) -> None:
    found = home.evaluate(
        """async () => {
            const { Ledger } = await import("/ledger.js");
            const ledger = new Ledger();
            for (let seq = 0; seq < 4000; seq += 2) ledger.enter("a", 1, seq);
            const before = ledger.missing;
            ledger.enter("a", 1, 1);
            ledger.enter("a", 1, 3997);
            return [before, ledger.missing, ledger.duplicates];
        }"""
    )

    assert found == [1999, 1998, 0]


def columns(home: Page, samples: Sequence[tuple[float, float]], window: tuple[float, float, int]) -> Any:
    """What a series of `samples` (ms, value) looks like in the window (from, to, columns); null is NaN."""
    return home.evaluate(
        """async ([samples, [from, to, width]]) => {
            const { Series } = await import("/series.js");
            const series = new Series(1000);
            for (const [time, value] of samples) series.push(time, value);
            const seen = series.columns(from, to, width);
            const list = (array) => [...array].map((value) => (Number.isNaN(value) ? null : value));
            for (const each of ["first", "low", "high", "last"]) seen[each] = list(seen[each]);
            return seen;
        }""",
        [samples, window],
    )


def test_a_spike_of_one_sample_stays_visible(home: Page) -> None:
    samples = [(float(time), 99.0 if time == 437 else 20.0) for time in range(1000)]

    seen = columns(home, samples, (0, 1000, 10))

    assert seen["high"] == [20, 20, 20, 20, 99, 20, 20, 20, 20, 20]
    assert seen["low"] == [20] * 10
    assert (seen["min"], seen["max"]) == (20, 99)


def test_samples_may_come_late(home: Page) -> None:
    seen = columns(home, [(0, 1), (30, 4), (10, 2), (20, 3)], (0, 40, 4))

    assert seen["first"] == seen["last"] == [1, 2, 3, 4]


def test_a_full_ring_drops_the_oldest(home: Page) -> None:
    seen = columns(home, [(time, time) for time in range(1500)], (0, 1500, 3))

    assert seen["first"] == [None, 500, 1000]
    assert (seen["min"], seen["max"]) == (500, 1499)


def test_a_line_is_broken_where_samples_are_missing(home: Page) -> None:
    samples = [(time, 1.0) for time in range(0, 1000, 10) if not 300 <= time < 700]

    seen = columns(home, samples, (0, 1000, 100))

    assert 1 < seen["reach"] < 41, "columns that a line may cross; 41 are empty"


@pytest.mark.parametrize(
    ("low", "high", "levels"),
    [(0, 10, [0, 5, 10]), (20.1, 20.9, [20.5]), (-1, 1, [-1, 0, 1]), (400, 2100, [1000, 2000])],
)
def test_levels_are_round(home: Page, low: float, high: float, levels: list[float]) -> None:
    found = home.evaluate(
        """async ([low, high]) => (await import("/axes.js")).levels(low, high, 3).at""", [low, high]
    )

    assert found == pytest.approx(levels)


def test_instants_are_round_and_few(home: Page) -> None:
    hour = 3_600_000
    found = home.evaluate(
        """async ([from, to]) => (await import("/axes.js")).instants(from, to, 5)""",
        [0.3 * hour, 4.3 * hour],
    )

    assert found["step"] == hour
    assert [math.fmod(at, hour) for at in found["at"]] == [0] * 4


FLEET = [
    {"name": "room-101", "labels": {"floor": "1", "site": "hq"}},
    {"name": "room-301", "labels": {"floor": "3", "site": "hq"}},
    {"name": "Lab-3", "labels": {"floor": "3", "site": "hq"}},
    {"name": "bare", "labels": {}},
]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["room-101", "room-301", "Lab-3", "bare"]),
        ("room", ["room-101", "room-301"]),
        ("LAB", ["Lab-3"]),
        ("floor=3", ["room-301", "Lab-3"]),
        ("  room  floor=3 ", ["room-301"]),
        ("hq", ["room-101", "room-301", "Lab-3"]),
        ("floor=", ["room-101", "room-301", "Lab-3"]),
        ("floor=4", []),
        ("size=3", []),
    ],
)
def test_a_filter_means_names_and_labels(home: Page, text: str, names: list[str]) -> None:
    found = home.evaluate(
        """async ([text, fleet]) => {
            const { matcher } = await import("/filter.js");
            return fleet.filter(matcher(text)).map(({ name }) => name);
        }""",
        [text, FLEET],
    )

    assert found == names


def test_labels_that_all_share_are_no_choice(home: Page) -> None:
    found = home.evaluate("""async (fleet) => (await import("/filter.js")).choices(fleet)""", FLEET[:3])

    assert found == ["floor=1", "floor=3"]


@pytest.fixture
def timed(chromium: Browser) -> Iterator[Page]:
    """A page whose clock is the test's."""
    page = chromium.new_page()
    page.route(f"{HOME}/**", answer)
    page.clock.install(time=0)
    page.goto(f"{HOME}/favicon.svg")
    page.clock.pause_at(1)  # or else it goes on by itself, too
    page.evaluate(
        """async () => {
            const { Watchdog } = await import("/watchdog.js");
            window.barks = [];
            window.dog = new Watchdog((silence) => window.barks.push(Math.round(silence / 1000)));
            window.dog.hear();
        }"""
    )
    yield page
    page.close()


def test_a_watchdog_barks_once_after_silence(timed: Page) -> None:
    for _ in range(5):
        timed.clock.run_for(30_000)
        timed.evaluate("window.dog.hear()")
    assert timed.evaluate("window.barks") == []

    timed.clock.run_for(100_000)

    assert timed.evaluate("window.barks") == [40]


def test_a_watchdog_learns_how_slow_the_heart_beats(timed: Page) -> None:
    timed.clock.run_for(39_000)
    timed.evaluate("window.dog.beat()")

    timed.clock.run_for(97_000)
    before = timed.evaluate("window.barks")
    timed.clock.run_for(1_000)

    assert (before, timed.evaluate("window.barks")) == ([], [98])


def test_a_watchdog_that_barked_for_nothing_is_more_patient(timed: Page) -> None:
    timed.clock.run_for(40_000)
    timed.evaluate("window.dog.hear()")

    timed.clock.run_for(79_000)
    before = timed.evaluate("window.barks")
    timed.clock.run_for(1_000)

    assert (before, timed.evaluate("window.barks")) == ([40], [40, 80])


def test_a_watchdog_at_rest_is_silent(timed: Page) -> None:
    timed.evaluate("window.dog.stop()")

    timed.clock.run_for(100_000)

    assert timed.evaluate("window.barks") == []


@pytest.mark.parametrize(
    ("arrivals", "now", "rate"),
    [
        ([], 500, 0),
        ([100, 200, 300], 900, 3),
        ([0, 500, 1000, 1500], 2100, 2),
        ([0, 1000, 2000, 3000, 4000, 5000, 6000], 7100, 1),
        ([0, 10, 20], 60_000, 0),
    ],
    ids=["nothing yet", "not a second yet", "two seconds", "the last five", "long ago"],
)
def test_a_rate_is_that_of_whole_seconds(home: Page, arrivals: list[int], now: int, rate: float) -> None:
    found = home.evaluate(
        """async ([arrivals, now]) => {
            const { Rate } = await import("/rate.js");
            const rate = new Rate();
            for (const each of arrivals) rate.count(each);
            return rate.at(now);
        }""",
        [arrivals, now],
    )

    assert found == rate


@pytest.mark.parametrize(
    ("clocks", "time"),
    [
        ([7], 7),
        ([3, 5], 5),
        (range(100, 1100, 10), 1090),
        ([*range(100, 1050, 10), *[9e9] * 5], 1040),
        ([500] * 10, 500),
    ],
    ids=["one", "two", "one after another", "some years ahead", "all at once"],
)
def test_the_clock_of_a_fleet_is_its_latest_but_for_those_far_ahead(
    home: Page, clocks: Sequence[float], time: float
) -> None:
    found = home.evaluate(
        """async (clocks) => {
            const { Fleet } = await import("/fleet.js");
            const fleet = new Fleet();
            const named = clocks.map((ts, i) => [i, { measurement: { device: `room-${i}`, ts, value: 1 } }]);
            fleet.restore({ devices: Object.fromEntries(named) }, 0);
            return fleet.time;
        }""",
        list(clocks),
    )

    assert found == time
