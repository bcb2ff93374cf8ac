import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { loadTool, root, type Paths } from "./load";

describe("parts of the set-up", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-parts-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("a cure is one sentence for each kind of failure", async () => {
    const { cureFor } = await loadTool<{
      cureFor(error: unknown, where: { root: string; title: string }): string;
    }>("setup/cures.mjs");
    const cure = (error: object) => cureFor(error, { root: "/project", title: "Step" });
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ code: "ENOSPC", message: "write" }, /^The disk is full/],
      [{ code: "EROFS", path: "/project/.lab" }, /^Set-up may not write to \/project\/\.lab\. Copy the lab/],
      [{ output: "error: [Errno 13] Permission denied: '/x/y'" }, /^Set-up may not write to \/x\/y/],
      [{ output: "SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED" }, /NODE_EXTRA_CA_CERTS and PIP_CERT/],
      [{ output: "npm error code EAI_AGAIN" }, /^No network \(Step\)/],
      [{ message: "odd thing" }, /^Step failed: odd thing$/],
    ];
    for (const [error, expected] of cases) assert.match(cure(error), expected);
  });

  it("a lock left by a dead process is taken over, a living one is waited for", async () => {
    const { takeLock } = await loadTool<{
      takeLock(file: string, options?: { onWait?: () => void; pollMs?: number }): Promise<() => void>;
    }>("setup/lock.mjs");
    const file = path.join(folder, "setup.lock");
    // No process has this id: Linux and macOS end far below.
    fs.writeFileSync(file, JSON.stringify({ pid: 99_999_999, host: os.hostname() }));
    const release = await takeLock(file);
    let waited = false;
    const second = takeLock(file, { onWait: () => (waited = true), pollMs: 10 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(waited && fs.existsSync(file));
    release();
    (await second)();
    assert.ok(!fs.existsSync(file));
    // A holder on another machine that shares the folder: only the age of its lock can tell.
    fs.writeFileSync(file, JSON.stringify({ pid: 1, host: "elsewhere" }));
    const old = new Date(Date.now() - 60_000);
    fs.utimesSync(file, old, old);
    (await takeLock(file))();
  });

  it("finds a free port, a display, and the first chapter", async () => {
    const server = await loadTool<{
      freePort(wanted: number): Promise<number>;
      hasDisplay(env: object, platform: string): boolean;
      firstPage(paths: Partial<Paths>): string;
    }>("setup/jupyter-server.mjs");
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as net.AddressInfo;
    assert.ok((await server.freePort(port)) > port);
    taken.close();
    assert.equal(server.hasDisplay({}, "linux"), false);
    assert.equal(server.hasDisplay({ DISPLAY: ":0" }, "linux"), true);
    assert.equal(server.hasDisplay({ DISPLAY: ":0", SSH_CONNECTION: "1" }, "linux"), false);
    assert.equal(server.hasDisplay({}, "darwin"), true);
    const chapters = path.join(folder, "notebooks");
    assert.equal(server.firstPage({ notebooks: chapters }), "/lab/tree/notebooks");
    fs.mkdirSync(chapters);
    for (const name of ["02-b.ipynb", "01-a.ipynb", "01-a.ts"])
      fs.writeFileSync(path.join(chapters, name), "");
    assert.equal(server.firstPage({ notebooks: chapters }), "/lab/tree/notebooks/01-a.ipynb");
  });

  it("asks pip for another Python's wheel only where TensorFlow has none for this one", async () => {
    const { wheelOptions } = await loadTool<{ wheelOptions(version: readonly number[]): string[] }>(
      "setup/tensorflow.mjs",
    );
    assert.deepEqual(wheelOptions([3, 10, 0]), []);
    assert.deepEqual(wheelOptions([3, 13, 9]), []);
    assert.deepEqual(wheelOptions([3, 14, 0]).slice(0, 2), ["--python-version", "3.13"]);
  });

  it("pins every Python package, and names no registry", () => {
    for (const name of ["requirements", "requirements-tensorflow", "requirements-tensorflow-cuda"]) {
      const lines = fs.readFileSync(path.join(root, "tools", `${name}.txt`), "utf8").split("\n");
      const packages = lines.filter((line) => line && !line.startsWith("#"));
      assert.ok(packages.length > 0);
      for (const line of packages) assert.match(line, /^[A-Za-z0-9._-]+==[\w.]+( ;.*)?$/, `${name}: ${line}`);
    }
    const lock = fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
    assert.ok(!lock.includes('"resolved": "http'), "package-lock.json names no host");
  });
});
