import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { skipLoudly } from "../helpers/skip";
import { loadTool, root, type Paths } from "./load";

interface Server {
  freePort(wanted: number): Promise<number>;
}

describe("npm start", function () {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  it("opens JupyterLab for this machine only, with a token, and stops it on Ctrl-C", async function () {
    const { pathsOf } = await loadTool<{ pathsOf(): Paths }>("setup/paths.mjs");
    if (!fs.existsSync(pathsOf().jupyter)) skipLoudly(this, "JupyterLab is not installed: npm run setup");
    const port = await (await loadTool<Server>("setup/jupyter-server.mjs")).freePort(18_888);
    child = spawn(
      process.execPath,
      [path.join(root, "tools/start.mjs"), "--no-browser", "--port", String(port)],
      {
        cwd: root,
      },
    );
    let text = "";
    const url = await new Promise<string>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        text += String(chunk);
        const line = /^(http:\S+)\n/m.exec(text)?.[1];
        if (line) resolve(line);
      };
      child?.stdout?.on("data", listen);
      child?.stderr?.on("data", listen);
      child?.on("close", () => reject(new Error(text)));
    });
    const { origin, searchParams } = new URL(url);
    const token = searchParams.get("token") ?? "";
    assert.match(origin, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.match(token, /^[0-9a-f]{48}$/);
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await fetch(`${origin}/api/contents`)).status, 403, "nothing without the token");
    const headers = { Authorization: `token ${token}` };
    const specs = (await (await fetch(`${origin}/api/kernelspecs`, { headers })).json()) as {
      default: string;
    };
    assert.equal(specs.default, "lab");
    const contents = (await (await fetch(`${origin}/api/contents`, { headers })).json()) as {
      content: { name: string }[];
    };
    assert.ok(
      contents.content.some((entry) => entry.name === "package.json"),
      "the server's root is the project",
    );

    const code = new Promise<number | null>((resolve) => child?.on("close", resolve));
    child.kill("SIGINT");
    assert.equal(await code, 0, text);
    await assert.rejects(fetch(url), "the server is gone");
  });

  it("says what is wrong with its options", async () => {
    const out = await new Promise<{ code: number | null; text: string }>((resolve) => {
      const run = spawn(process.execPath, [path.join(root, "tools/start.mjs"), "--port", "99999"]);
      let text = "";
      run.stderr.on("data", (chunk) => (text += chunk));
      run.on("close", (code) => resolve({ code, text }));
    });
    assert.equal(out.code, 2);
    assert.match(out.text, /--port 99999 is not a port/);
  });
});
