import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { startDemoServer, type DemoServer } from "../../src/demo/node";

describe("the classroom site's server", () => {
  let folder = "";
  let server: DemoServer;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "lab-demo-server-"));
    const site = path.join(folder, "site");
    mkdirSync(path.join(site, "chapters"), { recursive: true });
    writeFileSync(path.join(folder, "secret.html"), "secret");
    writeFileSync(path.join(site, "index.html"), "<p>index");
    writeFileSync(path.join(site, ".lab-demo.json"), "{}");
    writeFileSync(path.join(site, "chapters", "a b.js"), "1");
    symlinkSync(path.join(folder, "secret.html"), path.join(site, "link.html"));
    server = await startDemoServer({ folder: site });
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Answer {
    readonly status: number;
    readonly headers: Record<string, string | string[] | undefined>;
    readonly body: string;
  }
  /** The path goes out as it is; fetch would tidy it up. */
  const ask = (
    target: string,
    options: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(server.url);
      const sent = request({ host: "127.0.0.1", port, path: target, ...options }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => (body += text));
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      });
      sent.on("error", reject);
      sent.end();
    });

  it("listens on this machine alone, and serves files with their types and a strict policy", async () => {
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await ask("/?x=1");
    assert.deepEqual([page.status, page.body, page.headers["content-type"]], [200, "<p>index", "text/html; charset=utf-8"]); // prettier-ignore
    assert.match(String(page.headers["content-security-policy"]), /default-src 'none'; script-src 'self'/);
    assert.doesNotMatch(String(page.headers["content-security-policy"]), /script-src[^;]*'unsafe-inline'/);
    assert.equal(page.headers["x-content-type-options"], "nosniff");
    assert.equal((await ask("/chapters/a%20b.js")).headers["content-type"], "text/javascript; charset=utf-8");
    const again = await ask("/", { headers: { "if-none-match": String(page.headers.etag) } });
    assert.deepEqual([again.status, again.body], [304, ""]);
  });

  it("HEAD has no body, other methods are refused", async () => {
    const head = await ask("/index.html", { method: "HEAD" });
    assert.deepEqual([head.status, head.body, head.headers["content-length"]], [200, "", "8"]);
    const post = await ask("/", { method: "POST" });
    assert.deepEqual([post.status, post.headers.allow], [405, "GET, HEAD"]);
  });

  it("nothing outside of its folder, no hidden file, no folder", async () => {
    const targets = ["/../secret.html", "/%2e%2e/secret.html", "/chapters/..%2f..%2fsecret.html", "/chapters/..%5c..%5csecret.html", "//etc/passwd", "/link.html", "/.lab-demo.json", "/chapters", "/chapters/", "/%00", "/%zz", "/none.html", "x"]; // prettier-ignore
    for (const target of targets) {
      const { status, body } = await ask(target);
      assert.ok(status === 404 || status === 400, `${target}: ${status}`);
      assert.doesNotMatch(body, /secret|root:/, target);
    }
  });

  it("a page of another name is refused, unless the server listens for others on purpose", async () => {
    for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80"])
      assert.equal((await ask("/", { headers: { host } })).status, 403, host);
    for (const host of ["localhost:1", "127.0.0.1", "[::1]:99"])
      assert.equal((await ask("/", { headers: { host } })).status, 200, host);
    const { port } = new URL(server.url);
    await assert.rejects(startDemoServer({ folder, port: Number(port) }), /Port \d+ is taken\. Cure/);
    await assert.rejects(
      startDemoServer({ folder, host: "192.0.2.1" }),
      /192\.0\.2\.1 is no address of this machine\. Cure/,
    );
  });
});
