// A hub on better-sse and Node's own http: every byte on the wire is better-sse's. It keeps no history.

import { createServer } from "node:http";
import { createChannel, createSession } from "better-sse";

const channels = new Map();

function channelOf(name) {
    if (!channels.has(name)) channels.set(name, createChannel());
    return channels.get(name);
}

function answer(response, status, fields) {
    const body = JSON.stringify(fields);
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
    response.end(body);
}

async function publish(request, response, channel) {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    let fields;
    try {
        fields = JSON.parse(body);
    } catch (error) {
        return answer(response, 400, { error: error.message });
    }
    channel.broadcast(fields.data, fields.event, { eventId: fields.id });
    answer(response, 201, { subscribers: channel.sessionCount });
}

const server = createServer(async (request, response) => {
    const [, verb, name] = new URL(request.url, "http://localhost").pathname.split("/");
    if (request.method === "GET" && verb === "events" && name) {
        channelOf(name).register(await createSession(request, response));
    } else if (request.method === "POST" && verb === "publish" && name) {
        await publish(request, response, channelOf(name));
    } else {
        answer(response, 404, { error: `there is nothing at ${request.url}` });
    }
});

server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
process.on("SIGTERM", () => process.exit(0));
