import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labelPage, openLabelFile, prepareItems, startLabelServer } from "../../../src/lab/node";
import type { LabelFile, LabelServer } from "../../../src/lab/node";
import type { LabelView } from "../../../src/lab/label/session";
import { inFakeNotebook } from "../notebook";

interface Answer {
  readonly status: number;
  readonly view?: LabelView;
  readonly note?: string;
  readonly error?: string;
}

const items = [
  { prompt: "p <b>&\u202e", answers: ["a", "b"] },
  { prompt: "q", answers: ["x", "y", "z"] },
];
const seed = 1;

describe("lab/node: the server of the labelling page", () => {
  let folder = "";
  let path = "";
  let file: LabelFile;
  let server: LabelServer;
  const start = async (): Promise<void> => {
    file = openLabelFile(path);
    server = await startLabelServer({ items: prepareItems(items, seed), file, fileName: "labels.jsonl" });
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "label-server-"));
    path = join(folder, "labels.jsonl");
    await start();
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(place: string, body?: unknown, init: RequestInit = {}): Promise<Answer> {
    const sent: RequestInit =
      body === undefined
        ? {}
        : {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: typeof body === "string" ? body : JSON.stringify(body),
          };
    const response = await fetch(server.url + place, { ...sent, ...init });
    return { status: response.status, ...((await response.json()) as object) };
  }
  const lines = (): string[] => readFileSync(path, "utf8").split("\n").slice(0, -1);

  it("shows items, saves what was said of the answers as shown, and ends", async () => {
    const { view } = await ask("view");
    assert.deepEqual([view!.total, view!.done, view!.item!.id], [2, 0, 0]);
    assert.equal(view!.item!.prompt, "p <b>&<U+202E>", "what would turn text around is a sign");
    const [first] = view!.item!.answers;
    const next = await ask("label", { id: 0, ranks: [1, 2], seconds: 4.5 });
    assert.equal(next.view!.item!.prompt, "q");
    assert.equal(JSON.parse(lines()[0]!).chosen, first);
    assert.equal(JSON.parse(lines()[0]!).prompt, items[0]!.prompt, "the file has the text itself");
    const shown = next.view!.item!.answers;
    const { status, view: end } = await ask("label", { id: 1, ranks: [2, 1, 3], seconds: 1 });
    assert.deepEqual([status, end], [200, { total: 2, done: 2 }]);
    const [, label] = file.labels();
    assert.deepEqual(shown.map((text) => label!.ranks[label!.answers.indexOf(text)]), [2, 1, 3]); // prettier-ignore
    const extra = JSON.parse(lines()[1]!) as { seconds: number; shown: number[]; at: string };
    assert.equal(extra.seconds, 1);
    assert.deepEqual(extra.shown.map((place) => items[1]!.answers[place]), shown); // prettier-ignore
    assert.ok(Math.abs(Date.parse(extra.at) - Date.now()) < 60_000);
  });

  it("a label sent twice is one; another one for the same item does not count", async () => {
    const label = { id: 0, ranks: [1, 2], seconds: 1 };
    await ask("label", label);
    assert.deepEqual(await ask("label", label), await ask("view").then((now) => ({ ...now, note: "" })));
    const other = await ask("label", { ...label, ranks: [2, 1] });
    assert.equal(other.status, 409);
    assert.match(other.note!, /labelled already.*the first label stands/);
    assert.equal(other.view!.item!.id, 1);
    assert.equal(lines().length, 1);
    // Both at once, as of an impatient hand.
    const both = await Promise.all([1, 2].map(() => ask("label", { id: 1, ranks: [1, 1, 1], seconds: 1 })));
    assert.deepEqual(both.map(({ status }) => status), [200, 200]); // prettier-ignore
    assert.equal(lines().length, 2);
  });

  it("undo takes the last label back, once, and only where the page knows what is there", async () => {
    assert.equal((await ask("undo", { done: 0 })).status, 409);
    await ask("label", { id: 0, ranks: [1, 2], seconds: 1 });
    await ask("label", { id: 1, ranks: [1, 2, 3], seconds: 1 });
    const stale = await ask("undo", { done: 1 });
    assert.deepEqual([stale.status, stale.view!.done], [409, 2]);
    const back = await ask("undo", { done: 2 });
    assert.deepEqual([back.status, back.view!.item!.id, back.view!.done], [200, 1, 1]);
    assert.equal(lines().length, 1);
    assert.equal((await ask("undo", { done: 1 })).view!.done, 0);
    assert.deepEqual(lines(), []);
  });

  it("a new server goes on where the last one ended, and leaves labels of other prompts alone", async () => {
    file.add({ prompt: "of another page", answers: ["1", "2"], ranks: [1, 2] });
    await ask("label", { id: 0, ranks: [1, 2], seconds: 1 });
    await server.close();
    await start();
    const { view } = await ask("view");
    assert.deepEqual([view!.done, view!.item!.id], [1, 1]);
    await ask("undo", { done: 1 });
    assert.equal((await ask("undo", { done: 0 })).status, 409);
    assert.deepEqual(file.labels().map(({ prompt }) => prompt), ["of another page"]); // prettier-ignore
  });

  it("the file of labels may vanish: all are written again, and the page says so", async () => {
    await ask("label", { id: 0, ranks: [1, 2], seconds: 1 });
    rmSync(path);
    assert.equal((await ask("view")).view!.done, 1);
    assert.match((await ask("label", { id: 1, ranks: [1, 2, 3], seconds: 1 })).note!, /had vanished/);
    assert.equal(lines().length, 2);
  });

  it("what cannot be saved is said, and stays to be labelled", async () => {
    await server.close();
    const broken: LabelFile = {
      ...file,
      add: () => {
        throw new Error("no space left on device");
      },
    };
    server = await startLabelServer({ items: prepareItems(items, seed), file: broken, fileName: "x" });
    const { status, error } = await ask("label", { id: 0, ranks: [1, 2], seconds: 1 });
    assert.deepEqual([status, error], [500, "no space left on device"]);
    assert.equal((await ask("view")).view!.done, 0);
  });

  it("refuses a wrong token, host, origin, method, place, type, size and body, and saves nothing", async () => {
    const { origin, port, pathname } = new URL(server.url);
    const label = { id: 0, ranks: [1, 2], seconds: 1 };
    const post = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(label),
    };
    for (const url of [`${origin}/`, `${origin}/label`, `${origin}/${"x".repeat(32)}/`, `${origin}${pathname.slice(0, -2)}/`, `${origin}/%E0%A4%A/`])
      assert.equal((await fetch(url)).status, 403, url); // prettier-ignore
    assert.equal((await fetch(`${origin}/wrong/label`, post)).status, 403);
    const status = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = request({ port, host: "127.0.0.1", path: `${pathname}view`, headers }, (response) => {
          response.resume();
          resolve(response.statusCode!);
        });
        sent.on("error", reject).end();
      });
    for (const host of [
      "evil.example",
      "127.0.0.1.evil.example",
      `evil.example:${port}`,
      "localhost@evil.example",
    ])
      assert.equal(await status({ host }), 403, host);
    for (const host of ["localhost", `localhost:${port}`, "127.0.0.1:1", "[::1]:80"])
      assert.equal(await status({ host }), 200, host);
    assert.equal(await status({ origin: "http://evil.example" }), 403);
    assert.equal(await status({ origin: "null" }), 403);
    assert.equal(await status({ origin }), 200);
    assert.equal((await ask("label")).status, 405);
    assert.equal((await ask("view", {})).status, 405);
    for (const place of ["x", "label/", "view/x", "..%2f"])
      assert.equal((await ask(place)).status, 404, place);
    assert.equal((await ask("label", label, { headers: { "content-type": "text/plain" } })).status, 415);
    assert.equal((await ask("label", { ...label, more: "x".repeat(5000) })).status, 413);
    const wrong: unknown[] = ["", "{", "null", [], { ...label, id: 2 }, { ...label, id: -1 }, { ...label, id: "0" }, { ...label, ranks: [1, 2, 3] }, { ...label, ranks: [0, 1] }, { ...label, ranks: [1] }, { ...label, seconds: -1 }, { id: 0 }]; // prettier-ignore
    for (const body of wrong) assert.equal((await ask("label", body)).status, 400, JSON.stringify(body));
    assert.equal((await ask("undo", { done: "1" })).status, 400);
    assert.deepEqual(file.labels(), []);
  });

  it("the page loads nothing from elsewhere, by its own policy; the token differs each time", async () => {
    const response = await fetch(server.url);
    const policy = response.headers.get("content-security-policy")!;
    assert.match(
      policy,
      /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'/,
    );
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.match(await response.text(), /<title>Which answer is better\?<\/title>/);
    const before = server.url;
    await server.close();
    await start();
    assert.notEqual(new URL(server.url).pathname, new URL(before).pathname);
    await assert.rejects(fetch(before), "the old one is gone");
    assert.equal(new URL(server.url).hostname, "127.0.0.1");
  });

  it("a taken port is named", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const options = { items: prepareItems(items, seed), file, fileName: "x", port };
    await assert.rejects(startLabelServer(options), new RegExp(`Port ${port} is taken\\. Cure`));
    await new Promise((resolve) => taken.close(resolve));
  });
});

describe("lab/node: labelPage", () => {
  let folder = "";
  const headless = process.env["LAB_HEADLESS"];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "label-page-"));
    delete process.env["LAB_HEADLESS"];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    if (headless === undefined) delete process.env["LAB_HEADLESS"];
    else process.env["LAB_HEADLESS"] = headless;
  });

  it("shows the page in the cell, with a link, and in words how to label without it", async () => {
    const file = join(folder, "own.jsonl");
    let page!: Awaited<ReturnType<typeof labelPage>>;
    const [sent] = await inFakeNotebook(async () => (page = await labelPage({ pairs: items, file })));
    const source = sent!.data["text/html"] as string;
    assert.ok(source.includes(`<iframe src="${page.url}"`) && source.includes(`href="${page.url}"`));
    assert.match(sent!.data["text/plain"] as string, /0 of 2 labelled.*npx lab label --pairs .*own\.items\.jsonl --out .*own\.jsonl/); // prettier-ignore
    const waiting = readFileSync(join(folder, "own.items.jsonl"), "utf8").trim().split("\n");
    assert.deepEqual(waiting.map((line) => JSON.parse(line) as object), items); // prettier-ignore
    assert.deepEqual(page.labels(), []);
    const body = JSON.stringify({ id: 0, ranks: [1, 1], seconds: 0 });
    await fetch(`${page.url}label`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    assert.deepEqual(page.labels(), [{ ...items[0], ranks: [1, 1] }]);

    // The cell is run again: the new page takes the place of the old one and knows its labels.
    let again!: typeof page;
    const [shown] = await inFakeNotebook(async () => (again = await labelPage({ pairs: items, file })));
    assert.match(shown!.data["text/plain"] as string, /1 of 2 labelled/);
    await assert.rejects(fetch(page.url!));
    await page.close();
    assert.equal(
      (await fetch(again.url!)).status,
      200,
      "closing the old page again does not close the new one",
    );
    await again.close();
    await assert.rejects(fetch(again.url!));
  });

  it("a headless run starts no server and writes nothing, and says what would be here", async () => {
    process.env["LAB_HEADLESS"] = "1";
    const file = join(folder, "deep", "own.jsonl");
    let page!: Awaited<ReturnType<typeof labelPage>>;
    const [sent] = await inFakeNotebook(async () => (page = await labelPage({ pairs: items, file })));
    assert.equal(page.url, undefined);
    assert.match(sent!.data["text/plain"] as string, /opens here when you run this cell yourself \(0 of 2/);
    assert.deepEqual(page.labels(), []);
    await page.close();
    assert.throws(() => readFileSync(file), /ENOENT/);
  });

  it("items that cannot be labelled, and a file that is something else, are named", async () => {
    await assert.rejects(
      labelPage({ pairs: [{ prompt: "p", answers: ["a"] }], file: join(folder, "a") }),
      /items\[0\]/,
    );
    await assert.rejects(labelPage({ pairs: items, file: folder }), /is not a file/);
  });
});
