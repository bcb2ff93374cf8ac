import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { fieldsHtml, numberOf, textOf } from "../../src/demo/live/fields";
import { dataScript } from "../../src/demo/live/node/data";
import { nodeFiles } from "../../src/demo/live/node/files";
import { barsHtml } from "../../src/demo/live/parts";
import { packRows, unpackRows } from "../../src/demo/live/rows8";
import { firstInput } from "../../src/demo/live/widget";
import { widgets } from "../../src/demo/live/widgets";
import { assertNoLeaks, tf } from "../../src/engine";
import { disposeTree, namedTensors } from "../../src/tree";

const root = join(__dirname, "..", "..");

describe("matrices in 8 bits", () => {
  it("hand computed: 64 neighbours share the scale of the largest; the rest stays as it is", async () => {
    const row = new Float32Array(128);
    row.set([127, -63.4, 0.6], 0); // scale 1
    row.set([2, -1], 64); // scale 2 / 127
    const given = new Map<string, tf.Tensor>([["a.0.w", tf.tensor2d(row, [1, 128])], ["a.0.b", tf.tensor1d([0.1, 0.2])]]); // prettier-ignore
    const tree = unpackRows(await packRows(given), "test") as { a: { w: tf.Tensor; b: tf.Tensor }[] };
    const values = await tree.a[0]!.w.data();
    assert.deepEqual([...values.slice(0, 4)], [127, -63, 1, 0]);
    assert.ok(Math.abs(values[64]! - 2) < 2e-3 && Math.abs(values[65]! + 1) < 1e-2);
    assert.deepEqual([...(await tree.a[0]!.b.data())], [...Float32Array.of(0.1, 0.2)]);
    disposeTree([tree, [...given.values()]]);
  });

  it("is right to half a step of its group, and a tree again by its names", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 128, maxLength: 128 }), async (list) => {
        await assertNoLeaks(async () => {
          const tree = { blocks: [{ w: tf.tensor2d(list, [2, 64]) }], norm: tf.tensor1d([1]) };
          const named = namedTensors(tree);
          const back = unpackRows(await packRows(named), "test") as typeof tree;
          assert.deepEqual([...namedTensors(back).keys()].sort(), [...named.keys()].sort());
          const values = await back.blocks[0]!.w.data();
          for (const [i, x] of list.entries()) {
            const group = list.slice(64 * Math.floor(i / 64), 64 * Math.floor(i / 64) + 64);
            const step = Math.max(...group.map(Math.abs)) / 127;
            assert.ok(Math.abs(values[i]! - Math.fround(x)) <= 0.57 * step + 1e-5, `${values[i]} of ${x}`);
          }
          disposeTree([tree, back]);
        });
      }),
      { numRuns: 20 },
    ); // prettier-ignore
  });

  it("a damaged file is refused, and the file is named", async () => {
    const w = tf.ones([2, 64]);
    const bytes = await packRows(new Map([["w", w]]));
    w.dispose();
    assert.throws(() => unpackRows(bytes.subarray(0, bytes.length - 1), "packed"), /packed/);
    const header = Buffer.from(bytes).toString("latin1").replace("w.scale", "w.scalx");
    assert.throws(() => unpackRows(Buffer.from(header, "latin1"), "packed"), /packed: tensor "w" has no scale for each of its 2 groups/); // prettier-ignore
  });
});

describe("live widgets as data", () => {
  it("each has an id of its own, a place in a chapter, fields with values, and data", () => {
    assert.equal(new Set(widgets.map(({ id }) => id)).size, widgets.length);
    for (const widget of widgets) {
      assert.match(widget.chapter, /^\d\d$/);
      assert.ok(widget.models.length > 0 && widget.intro.length > 40);
      const chapter = readdirSync(join(root, "notebooks")).find((file) => file.startsWith(widget.chapter) && file.endsWith(".ts")); // prettier-ignore
      const headings = readFileSync(join(root, "notebooks", chapter!), "utf8").split("\n");
      assert.ok(headings.includes(`// ## ${widget.after}`), `${widget.id}: no heading “${widget.after}”`);
      const input = firstInput(widget);
      for (const field of widget.fields) {
        if (field.kind === "slider") {
          const value = numberOf(input, field.name);
          assert.ok(value >= field.min && value <= field.max, `${widget.id}: ${field.name}`);
        }
        if (field.kind === "choice") assert.ok(field.options.some(([value]) => value === field.value));
      }
    }
  });

  it("fields escape what they hold, and a text is checked", () => {
    const html = fieldsHtml([{ kind: "text", name: "a", label: "<b>", value: `</textarea><script>"` }]);
    assert.ok(!/<b>|<script>|<\/textarea>.*<\/textarea>/.test(html), html);
    assert.throws(() => textOf({ text: " \n" }, "text", 5), /There is no text/);
    assert.throws(() => textOf({ text: "abcdef" }, "text", 5), /6 characters; at most 5/);
    assert.equal(textOf({ text: "a\r\nb🙂" }, "text", 4), "a\nb🙂");
    assert.throws(() => numberOf({ k: "" }, "k"), /k must be a number/);
    assert.ok(!barsHtml("x", [{ name: "<i>", share: 1 }]).includes("<i>"));
  });

  it("a data script puts each file under its name, whole", () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
    const page: { labLive?: Record<string, string> } = {};
    new Function("self", dataScript({ "a/b.bin": bytes }) + dataScript({ "a/c.bin": bytes }))(page);
    assert.deepEqual(Object.keys(page.labLive!), ["a/b.bin", "a/c.bin"]);
    assert.deepEqual(new Uint8Array(gunzipSync(Buffer.from(page.labLive!["a/b.bin"]!, "base64"))), bytes);
  });

  it("a file that is missing is named, with the cure", async () => {
    await assert.rejects(nodeFiles(tmpdir()).bytes("no/model.json"), /model\.json is missing.*git/);
  });
});
