"""A plain generator of Flask's. It writes what it is given: whoever publishes frames. Nothing is kept."""

from collections import defaultdict
from queue import Empty, Queue
from weakref import WeakSet

from flask import Flask, Response, request

BEHIND = 10_000  # events that a reader may be; then its stream ends
channels = defaultdict(WeakSet)
app = Flask(__name__)


@app.get("/events/<channel>")
def events(channel):
    """The reader is there before the response head: whoever has seen that misses nothing."""
    channels[channel].add(queue := Queue(BEHIND))
    return Response(follow(channels[channel], queue), mimetype="text/event-stream")


def follow(mine, queue):
    while queue in mine or not queue.empty():
        try:
            yield queue.get(timeout=5)
        except Empty:
            yield b": ping\n\n"  # else a thread would wait for ever for a reader that is gone


@app.post("/publish/<channel>")
def publish(channel):
    for queue in [*channels[channel]]:
        channels[channel].discard(queue) if queue.full() else queue.put_nowait(request.data)
    return {}, 201


@app.get("/readers")
def readers():
    return str(sum(map(len, channels.values())))
