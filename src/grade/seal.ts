/**
 * Node's permission model says nothing about the network. Where no namespace keeps it away, this does, for the
 * process that runs a learner's code: whatever connects or listens (http, tls, fetch, ...) does so by four classes of
 * Node's own, and their methods are replaced here, before the learner's code is loaded.
 */
import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** What the handles of Node answer where the system refuses (EACCES); sockets report it as an error of theirs. */
const REFUSED = process.platform === "win32" ? -4092 : -13;
const refused = (): number => REFUSED;

const noNames = (): never => {
  throw new Error("There is no network in a graded lab");
};

/** Replaces what `target` has by these names. */
function refuseAll(target: unknown, names: RegExp, value: () => number): void {
  if (typeof target !== "object" || target === null) return;
  for (const name of Object.getOwnPropertyNames(target)) {
    if (names.test(name))
      Object.defineProperty(target, name, { value, writable: false, configurable: false });
  }
}

const prototypeOf = (handle: unknown): unknown =>
  typeof handle === "object" && handle !== null ? Object.getPrototypeOf(handle) : undefined;

/** A Node that denies the network by itself throws at the first of these, and then it need not be sealed. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Already closed.
  }
}

/** From here on nothing in this process connects, listens, sends or looks up a name. */
export function sealNetwork(): void {
  const opens = /^(open|bind6?|listen|connect6?|send6?)$/;
  quietly(() => {
    // A socket makes its handle at once and connects a turn later: before that it is destroyed.
    const socket = new net.Socket();
    socket.on("error", () => undefined);
    socket.connect({ host: "127.0.0.1", port: 1 });
    refuseAll(prototypeOf(Reflect.get(socket, "_handle")), opens, refused);
    socket.destroy();
  });
  quietly(() => {
    const datagrams = dgram.createSocket("udp4");
    for (const key of Object.getOwnPropertySymbols(datagrams)) {
      const state = Reflect.get(datagrams, key) as { handle?: unknown } | undefined;
      if (key.description === "state symbol") refuseAll(prototypeOf(state?.handle), opens, refused);
    }
    datagrams.close();
  });
  for (const stream of [process.stdout, process.stderr]) {
    refuseAll(prototypeOf(Reflect.get(stream, "_handle")), opens, refused);
  }
  quietly(() => {
    refuseAll(prototypeOf(Reflect.get(new dns.Resolver(), "_handle")), /^(query|getHostByAddr)/, noNames);
  });
  const lookups = /^(lookup|resolve|reverse)/;
  refuseAll(dns, lookups, noNames);
  refuseAll(dns.promises, lookups, noNames);
  syncBuiltinESMExports();
}
