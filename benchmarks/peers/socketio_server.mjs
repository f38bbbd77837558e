// A bare socket.io server: what comes by POST /v1/events is emitted, and nothing else is done.
import { createRequire } from "node:module";
import { createServer } from "node:http";

// The packages are not beside this file.
const { Server } = createRequire(`${process.argv[2]}/`)("socket.io");

const http = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = JSON.parse(Buffer.concat(parts).toString());
    const events = Array.isArray(body) ? body : [body];
    for (const event of events) (namespaces[event.type] ?? tools).emit(event.type, event);
    const answer = `{"accepted":${events.length},"rejected":0}`;
    response.writeHead(202, { "Content-Length": answer.length });
    response.end(answer);
  });
});
const server = new Server(http);
const tools = server.of("/tools");
const namespaces = { file_operation: server.of("/files"), connection_status: server.of("/system") };

http.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}`));
