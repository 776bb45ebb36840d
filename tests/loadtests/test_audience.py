"""What an audience notes is counted piece by piece, in a process of its own: it lives in gevent's hub."""

from tests.loadtests.alone import alone

PROGRAM = """
from random import Random
import gevent
from loadtests._audience import Audience
from loadtests._plan import Plan
from loadtests._probe import Probe, topic_name
from loadtests._pump import Pump
from loadtests._recipe import Story
from loadtests._scenario import Scenario
from loadtests._schedule import Schedule
from loadtests._server import Server, Site

SECOND = 10**9
site = Site.of(Story("http://127.0.0.1:9"), "the URL")
scenario = Scenario("x", "", levels=(1,), settle=0.0, hold=60.0, rates=(1.0,))
audience = Audience(
    run="r",
    plan=Plan.of(scenario.steps(), SECOND),
    sources={"s": Schedule((), topic=topic_name("r", 0))},
    server=Server(site.recipe, site.streams[0], site.publications[0]),
    scenario=scenario,
    pump=Pump(),
    kernel_stamps=False,
    random=Random(1),
)
audience.enter()
probes = [Probe("s", seq, "r", (2 + seq) * SECOND, (2 + seq) * SECOND) for seq in range(3)]

def note(probe):
    audience.arrivals(probe).note(0, probe.intended_ns + 5000, probe.intended_ns + 7000)

for probe in probes:
    note(probe)
pieces = 0
for _ in audience.count():
    pieces += 1
    note(probes[2])
taken = audience.take()
print(pieces, [taken.deliveries["s", seq].deliver.n for seq in range(3)], len(audience.take().deliveries))
"""


def test_others_may_work_between_two_probes_and_nothing_is_lost_or_counted_twice() -> None:
    told = alone(PROGRAM)

    assert told.stdout == "3 [1, 1, 4] 0\n"
