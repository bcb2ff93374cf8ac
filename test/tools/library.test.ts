import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { loadTool, root, type Paths } from "./load";
import { Project } from "./project";

interface Library {
  buildLibrary(options: { paths: Paths; force?: boolean }): Promise<boolean>;
  libraryIsFresh(paths: Paths): boolean;
}

describe("library build", () => {
  let project: Project;
  let paths: Paths;
  let library: Library;

  beforeEach(async () => {
    project = new Project();
    library = await loadTool<Library>("setup/library.mjs");
    paths = (await loadTool<{ pathsOf(root: string): Paths }>("setup/paths.mjs")).pathsOf(project.root);
    // The real compiler and bundler.
    for (const name of ["typescript", "esbuild", "@types/node", "undici-types"]) {
      const place = path.join(project.root, "node_modules", name);
      fs.rmSync(place, { recursive: true, force: true });
      fs.mkdirSync(path.dirname(place), { recursive: true });
      fs.symlinkSync(path.join(root, "node_modules", name), place, "junction");
    }
    fs.copyFileSync(path.join(root, "tsconfig.json"), path.join(project.root, "tsconfig.json"));
    fs.mkdirSync(paths.state, { recursive: true });
  });
  afterEach(() => project.remove());

  it("compiles, bundles for browsers, and builds again only what changed", async () => {
    assert.equal(await library.buildLibrary({ paths }), true);
    assert.equal(await library.buildLibrary({ paths }), false);
    assert.match(project.read("node_modules/transformer-lab/text/index.d.ts"), /one = 1/);
    assert.match(project.read("dist/browser/text.mjs"), /export \{\s*one\s*\}/);
    fs.rmSync(path.join(project.root, "node_modules", "transformer-lab"));
    assert.equal(await library.buildLibrary({ paths }), false);
    assert.ok(
      project.exists("node_modules/transformer-lab/package.json"),
      "the link that npm removes is set again",
    );

    project.write("src/text/index.ts", "export const two = 2;\n");
    project.write("src/text/extra.ts", "export const three = 3;\n");
    assert.equal(library.libraryIsFresh(paths), false);
    assert.equal(await library.buildLibrary({ paths }), true);
    fs.rmSync(path.join(project.root, "src", "text", "extra.ts"));
    assert.equal(await library.buildLibrary({ paths }), true);
    assert.ok(!project.exists("dist/text/extra.js"), "what has no source any more is gone");
  });

  it("leaves dist as it was when the sources do not compile, and says where", async () => {
    await library.buildLibrary({ paths });
    project.write("src/text/index.ts", 'export const one: number = "1";\n');
    await assert.rejects(library.buildLibrary({ paths }), /src\/text\/index\.ts\(1,14\): error TS2322/);
    assert.match(project.read("dist/text/index.js"), /one = 1/);
    assert.deepEqual(
      fs.readdirSync(paths.state).filter((name) => name.startsWith("dist")),
      [],
      "nothing half built is left",
    );
  });

  it("refuses what a browser cannot load", async () => {
    project.write("src/text/index.ts", 'import fs from "node:fs";\nexport const one = fs.existsSync("/");\n');
    await assert.rejects(
      library.buildLibrary({ paths }),
      /browser cannot load[^]*src\/text\/index\.ts:1 .*node:fs/,
    );
    assert.ok(!project.exists("dist"));
  });
});
