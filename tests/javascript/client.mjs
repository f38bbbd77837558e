// A stock Socket.IO client in several namespaces. It prints a line of JSON for each event: [namespace, name, argument].
// Usage: node client.mjs URL OPTIONS, with {"namespaces": [...], "auth": {...}, "transports": [...], "cut": seconds}.
import { createRequire } from "node:module";

const { io } = createRequire(process.env.EVENTYARD_NODE_MODULES + "/")("socket.io-client");
const [url, text] = process.argv.slice(2);
const options = JSON.parse(text);

const print = (...line) => process.stdout.write(JSON.stringify(line) + "\n");

for (const namespace of options.namespaces) {
  let cursor = null;
  const socket = io(url + namespace, {
    // Asked before each connect, so that a new connection goes on where the last one ended.
    auth: (answer) => answer({ resume: cursor, ...options.auth }),
    reconnectionDelay: 50,
    ...(options.transports && { transports: options.transports }),
  });
  let epoch = null;
  socket.on("connect", () => print(namespace, "connect", socket.io.engine.transport.name));
  socket.on("connect_error", (error) => print(namespace, "connect_error", [error.message, error.data ?? null]));
  socket.onAny((name, argument) => {
    print(namespace, name, argument);
    if (name === "ready") {
      epoch = argument.epoch;
      cursor ??= { epoch, offset: argument.from };
    } else if (argument?.sequence) {
      cursor = { epoch, offset: Number(argument.sequence) };
    }
  });
  if (options.cut) setInterval(() => socket.io.engine?.close(), 1000 * options.cut);
}
