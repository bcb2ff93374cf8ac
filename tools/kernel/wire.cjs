"use strict";
/**
 * Jupyter's wire protocol: five ZeroMQ sockets and signed messages.
 * https://jupyter-client.readthedocs.io/en/latest/messaging.html#the-wire-protocol
 */
const { createHmac, randomBytes, timingSafeEqual } = require("crypto");
const fs = require("fs");

const DELIMITER = "<IDS|MSG>";
const PROTOCOL_VERSION = "5.3";

/**
 * Binds the sockets of a connection file and calls `receive(channel, message)` for each request, where channel is
 * "shell" or "control". Returns { publish, reply, close }; both senders take the request that they answer.
 */
async function openWire(connectionFile, receive) {
  const zmq = require(require.resolve("zeromq", { paths: [require.resolve("tslab/package.json")] }));
  const connection = JSON.parse(fs.readFileSync(connectionFile, "utf8"));
  const { key, transport, ip } = connection;
  // Without a high-water mark nothing is dropped when a cell prints faster than the front end reads.
  const unlimited = { sendHighWaterMark: 0 };
  const sockets = {
    iopub: new zmq.Publisher(unlimited),
    shell: new zmq.Router(unlimited),
    control: new zmq.Router(unlimited),
    stdin: new zmq.Router(),
    hb: new zmq.Reply(),
  };
  for (const [name, socket] of Object.entries(sockets)) {
    await socket.bind(`${transport}://${ip}:${connection[`${name}_port`]}`);
  }

  async function listen(channel) {
    for await (const frames of sockets[channel]) {
      const message = parse(frames, key);
      if (message) receive(channel, message);
    }
  }
  async function beat() {
    for await (const frames of sockets.hb) await sockets.hb.send(frames);
  }
  for (const running of [listen("shell"), listen("control"), beat()]) {
    running.catch((error) => process.stderr.write(`kernel: ${error.stack}\n`));
  }

  function send(socket, identity, parent, type, content, metadata = {}) {
    const header = {
      msg_id: randomBytes(16).toString("hex"),
      session: parent.header?.session ?? "",
      username: parent.header?.username ?? "",
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL_VERSION,
    };
    const body = [header, parent.header ?? {}, metadata, content].map((part) => JSON.stringify(part));
    return socket.send([...identity, DELIMITER, sign(body, key), ...body]);
  }

  return {
    publish: (parent, type, content) => send(sockets.iopub, [type], parent, type, content),
    reply: (request, type, content) =>
      send(sockets[request.channel], request.identity, request, type, content, { status: content.status }),
    close: () => Object.values(sockets).forEach((socket) => socket.close()),
  };

  /** A message, or undefined (with a line in the server's log) where it is broken or not signed by our key. */
  function parse(frames, secret) {
    const at = frames.findIndex((frame) => frame.toString() === DELIMITER);
    const [signature, ...body] = frames.slice(at + 1).map(String);
    const wanted = at < 0 ? "" : sign(body.slice(0, 4), secret);
    if (at < 0 || body.length < 4 || !same(signature, wanted)) {
      process.stderr.write("kernel: a message without a valid signature was ignored\n");
      return undefined;
    }
    const [header, parent, metadata, content] = body.slice(0, 4).map((part) => JSON.parse(part));
    return { identity: frames.slice(0, at), header, parent, metadata, content };
  }
}

function sign(parts, key) {
  if (!key) return "";
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function same(a, b) {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

module.exports = { openWire, PROTOCOL_VERSION };
