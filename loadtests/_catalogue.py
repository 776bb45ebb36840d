"""The scenarios by name: each has a question that it puts to a server, and defaults. Decides nothing else."""

from loadtests._scenario import DAY, Scenario

__all__ = ["SCENARIOS"]

SMOKE = Scenario(
    "smoke",
    "does it work at all?",
    levels=(50,),
    settle=2,
    hold=15,
    rates=(5,),
    slo=("loss.lost==0", "deliver.p99<=250ms"),
)
FANOUT = Scenario(
    "fanout",
    "how does latency grow with subscribers?",
    levels=(100, 250, 500, 1000, 2000),
    settle=10,
    hold=30,
    rates=(10,),
)
CAPACITY = Scenario(
    "capacity",
    "how many subscribers does it serve within the objectives?",
    levels=(100,),
    settle=8,
    hold=15,
    rates=(10,),
    slo=("deliver.p99<=250ms", "loss.silent==0"),
    search=True,
)
INGEST = Scenario(
    "ingest",
    "how many events a second does it take?",
    levels=(50,),
    settle=3,
    hold=15,
    rates=(10, 50, 100, 250, 500, 1000, 2000),
    saturates=True,
)
BURST = Scenario(
    "burst",
    "what do many events at once do to latency and order?",
    levels=(1000,),
    settle=10,
    hold=60,
    rates=(40,),
    schedule="burst:200",
)
STORM = Scenario(
    "storm",
    "what happens when everybody loses the stream at once, and comes back?",
    levels=(1000,),
    settle=10,
    hold=30,
    rates=(10,),
    slo=("loss.silent==0", "resume.gap==0"),
    reconnect=("immediate", "jitter", "retry"),
    storms=True,
)
CHURN = Scenario(
    "churn",
    "does it stand subscribers that come and go?",
    levels=(1000,),
    settle=10,
    hold=60,
    rates=(10,),
    windows=5,
    lifetime=10,
)
SLOW = Scenario(
    "slow",
    "do readers that stall or trickle harm the others?",
    levels=(200,),
    settle=10,
    hold=30,
    rates=(10,),
    slo=("loss.silent==0", "slow.p99_ratio<=3"),
    payload=32_768,  # 9.8 MB to each reader: more than the kernel keeps for one
    slow_pct=5,
)
SOAK = Scenario(
    "soak",
    "does it get slower, or larger, over hours?",
    levels=(500,),
    settle=60,
    hold=7_200,
    rates=(5,),
    drifts=True,
)
TOPICS = Scenario(
    "topics",
    "does everybody get the events of their own topic, and no others?",
    levels=(1000,),
    settle=10,
    hold=30,
    rates=(50,),
    slo=("loss.silent==0", "topics.leak==0"),
    topics=20,
)
FLEET = Scenario(
    "fleet",
    "what does the traffic of a real fleet of devices do to it?",
    levels=(50, 100, 250),
    settle=10,
    hold=30,
    rates=(0,),  # that of its devices
    fleet="cold-chain",
)
FREE = Scenario(
    "free",
    "whatever you try: how many users there are, and how long, is yours to say",
    levels=(1,),
    settle=0,
    hold=DAY,
    rates=(10,),
    slo=(),
    open_end=True,
)

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        *(SMOKE, FANOUT, CAPACITY, INGEST, BURST, STORM),
        *(CHURN, SLOW, SOAK, TOPICS, FLEET, FREE),
    )
}
