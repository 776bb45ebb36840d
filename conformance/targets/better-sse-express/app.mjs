// better-sse on Express: what is published goes to its encoder as it came. Nothing is kept.

import { createChannel, createSession } from "better-sse";
import express from "express";

const channels = new Map();

function channelOf(name) {
    if (!channels.has(name)) channels.set(name, createChannel());
    return channels.get(name);
}

const app = express();

app.get("/events/:channel", async (request, response) => {
    channelOf(request.params.channel).register(await createSession(request, response));
});

app.post("/publish/:channel", express.json({ limit: "32mb" }), (request, response) => {
    const { data, event, id } = request.body;
    channelOf(request.params.channel).broadcast(data, event, { eventId: id });
    response.sendStatus(201);
});

app.get("/readers", (_, response) => {
    response.json([...channels.values()].reduce((sum, one) => sum + one.sessionCount, 0));
});

app.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
process.on("SIGTERM", () => process.exit(0));
