"use strict";
/** stdout and stderr of the process become `stream` messages; many small writes are sent as one. */
const { StringDecoder } = require("string_decoder");

const SEND_EVERY_MS = 50;

/**
 * From here on `process.stdout.write` calls `send(name, text)`, at the latest after 50 ms, and `flush` sends at once
 * (call it before any other output, so that the order is kept). A busy cell sends as it writes: timers do not run then.
 */
function captureStreams(send) {
  let waiting = [];
  let timer;
  let sentAt = 0;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    sentAt = performance.now();
    const parts = waiting;
    waiting = [];
    for (const { name, text } of parts) send(name, text);
  }

  function write(name, text) {
    if (text === "") return;
    const last = waiting[waiting.length - 1];
    if (last?.name === name) last.text += text;
    else waiting.push({ name, text });
    if (performance.now() - sentAt >= SEND_EVERY_MS) flush();
    else timer ??= setTimeout(flush, SEND_EVERY_MS).unref();
  }

  for (const name of ["stdout", "stderr"]) {
    const decoder = new StringDecoder("utf8");
    process[name].write = (chunk, encoding, callback) => {
      const done = typeof encoding === "function" ? encoding : callback;
      write(name, typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk)));
      if (done) process.nextTick(done);
      return true;
    };
  }
  return { flush, write };
}

module.exports = { captureStreams };
