"""What is drawn of one scenario only: there where its data is, and nowhere else."""

from reports.figures.connecting import connecting
from reports.figures.fanout import MOST, fan_out
from reports.figures.ingest import hockey_stick
from reports.figures.slow import beside_slow_readers
from reports.figures.soak import drift
from reports.figures.storm import storm
from reports.metrics import phases
from tests.reports import samples
from tests.reports.document import Document
from tests.reports.figures.runs import SERIES, hist, run


def test_connections_are_timed_and_counted() -> None:
    result = run(hist=hist(connect=[[500, 10]], first_event=[[50_000, 10]]))
    drawing = connecting(result.series, phases(result), "f")

    assert drawing is not None
    text = Document(drawing.svg).text
    assert "connect to response head" in text
    assert "connections/s" in text
    assert connecting(result.series, phases(run()), "f") is None


def test_a_storm_has_a_curve_for_each_phase_that_it_struck() -> None:
    struck = samples.phase(
        1, 20, name="immediate", t=[2.0, 4.0], judged=[2.0, 4.0], resume={"reconnects": 19}
    )
    calm = samples.phase(0, 10, name="before", t=[0.0, 2.0], judged=[0.0, 2.0], resume={"reconnects": 1})
    result = samples.a_load(calm, struck, series=SERIES, hist=hist(reconnect=[[90_000, 19]]))
    drawing = storm(result.series, phases(result), "f")

    assert drawing is not None
    text = Document(drawing.svg).text
    assert "immediate" in text
    assert "before" not in text
    assert storm(run().series, phases(run()), "f") is None


def test_good_readers_are_drawn_without_and_with_slow_ones() -> None:
    result = samples.a_load(samples.phase(0, 20, name="without"), samples.phase(1, 22, name="with"))
    drawing = beside_slow_readers(phases(result), "f")

    assert drawing is not None
    assert "without slow readers with slow readers" in Document(drawing.svg).text
    assert beside_slow_readers(phases(samples.a_load()), "f") is None


def test_rates_that_rise_make_a_hockey_stick() -> None:
    rising = [
        samples.phase(n, 20, offered_pub_s=rate, achieved_pub_s=taken)
        for n, (rate, taken) in enumerate(((10, 10), (1000, 300)))
    ]
    drawing = hockey_stick(phases(samples.a_load(*rising)), "f")

    assert drawing is not None
    assert "events/s offered" in Document(drawing.svg).text
    assert hockey_stick(phases(samples.a_load()), "f") is None


def test_a_fan_out_shows_each_event_and_each_subscriber_as_far_as_there_is_room() -> None:
    result = samples.a_load(
        events={"rows": [["s", n, 10, 500, 600 + n] for n in range(5000)]},
        subscribers={"mean_us": [900.0, 1000.0], "connect_order": [0, 1]},
    )
    drawing = fan_out(result.events, result.subscribers, "f")

    assert drawing is not None
    assert drawing.svg.count("<use") < 2 * MOST
    assert "order of connecting" in Document(drawing.svg).text
    assert fan_out(None, None, "f") is None


def soak(rising: bool) -> samples.Json:
    seconds = 600
    rows = [[[(1024 << (n // 150)) if rising else 1024 + 128 * (n % 3), 10]] for n in range(seconds)]
    return {
        "step_s": 1,
        "t": list(range(seconds)),
        "server_rss_mb": [50.0 + (n / 60 if rising else n % 2) for n in range(seconds)],
        "heat": {"bits": 3, "rows": rows},
    }


def test_a_long_run_tells_drift_from_noise() -> None:
    phase = samples.phase(0, 10, t=[0.0, 600.0], judged=[0.0, 600.0])
    for rising, told in ((True, "p99: +"), (False, "p99: no drift that could be told from noise.")):
        result = samples.a_load(phase, series=soak(rising))
        assert result.series is not None
        drawing = drift(result.series, phases(result), "f")

        assert drawing is not None
        assert drawing.caption.startswith(told)
        assert ("server, MB: +60.0 an hour" in drawing.caption) is rising


def test_a_short_run_has_no_drift() -> None:
    result = run()

    assert result.series is not None
    assert drift(result.series, phases(result), "f") is None
