import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { childProgram } from "./child-program";
import type { Isolation } from "./class/model";
import type { Launcher } from "./isolation";
import { openSandbox, type Limits } from "./sandbox";

/** Seen inside if the environment of the grader is. */
const VARIABLE = "LAB_PROBE_SECRET";

/**
 * Runs as learner code does, by the same program with the same flags, and tries what learner code must not do. It
 * answers with what came of each; that nobody connected and nothing was written is seen from outside as well.
 */
const PROGRAM = `
exports.probe = async (secret, target, port, address, bytes) => {
  const attempt = async (work) => { try { return await work(); } catch { return false; } };
  const fs = require("node:fs");
  return {
    read: await attempt(() => fs.readFileSync(secret, "utf8")),
    write: await attempt(() => { fs.writeFileSync(target, "x"); return true; }),
    network: await attempt(() => new Promise((resolve) => {
      const socket = require("node:net").connect({ host: address, port });
      socket.on("connect", () => { socket.destroy(); resolve(true); });
      socket.on("error", () => resolve(false));
      setTimeout(resolve, 1000, false);
    })),
    processes: await attempt(() => {
      const done = require("node:child_process").spawnSync(process.execPath, ["--version"]);
      return done.error === undefined;
    }),
    environment: await attempt(() => JSON.stringify(process.env) + fs.readFileSync("/proc/self/environ", "utf8"))
      || await attempt(() => JSON.stringify(process.env)),
    memory: await attempt(() => new Uint8Array(bytes).length === bytes),
  };
};`;

/** What a process can do that is started in this way: each thing is tried, and nothing is taken from a name. */
export async function probe(launcher: Launcher, limits: Limits): Promise<Isolation> {
  const place = realpathSync(mkdtempSync(path.join(os.tmpdir(), "lab-probe-")));
  const secret = randomBytes(16).toString("hex");
  const secretFile = path.join(place, "secret.txt");
  const target = path.join(place, "written.txt");
  writeFileSync(secretFile, secret);
  let connected = false;
  const server = net.createServer((socket) => {
    connected = true;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const before = process.env[VARIABLE];
  process.env[VARIABLE] = secret;
  const sandbox = openSandbox(await childProgram(), PROGRAM, "probe.ts", limits, launcher);
  try {
    // More than any lab may have, and less than the numbers of an array can say.
    const bytes = 2 ** 32;
    const { value } = await sandbox.learner("probe").run([secretFile, target, port, "127.0.0.1", bytes]);
    const found = value as Readonly<Record<keyof Isolation["blocked"], unknown>>;
    const blocked = {
      read: found.read !== secret,
      write: found.write === false && !existsSync(target),
      network: found.network === false && !connected,
      processes: found.processes === false,
      environment: typeof found.environment === "string" && !found.environment.includes(secret),
      memory: found.memory === false,
    };
    return { by: launcher.by, blocked };
  } finally {
    if (before === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = before;
    await sandbox.close();
    server.close();
    rmSync(place, { recursive: true, force: true });
  }
}
