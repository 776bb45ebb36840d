// better-sse on Node's own http: what is published goes to its encoder as it came. Nothing is kept.

import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { createChannel, createSession } from "better-sse";

const channels = new Map();

function channelOf(name) {
    if (!channels.has(name)) channels.set(name, createChannel());
    return channels.get(name);
}

async function answer(request, response) {
    const [, verb, name] = request.url.split(/[/?]/);
    if (["GET", "HEAD"].includes(request.method) && verb === "events") {
        channelOf(name).register(await createSession(request, response));
    } else if (request.method === "POST" && verb === "publish") {
        const { data, event, id } = await json(request);
        channelOf(name).broadcast(data, event, { eventId: id });
        response.writeHead(201, { "Content-Length": 0 }).end();
    } else if (verb === "readers") {
        response.end(String([...channels.values()].reduce((sum, one) => sum + one.sessionCount, 0)));
    } else {
        response.writeHead(404).end();
    }
}

createServer(answer).listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
process.on("SIGTERM", () => process.exit(0));
