import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { samples } from "./samples";
import { parseHtml, parseXml, untrusted } from "./xml";

const folder = join(__dirname, "../../golden/figures");
const update = process.env["UPDATE_SNAPSHOTS"] === "1";

/** The stored forms of a figure, by file ending. */
function forms(name: string): Record<string, string> {
  const { text, svg, html, plotly } = samples[name]!();
  return {
    txt: text + "\n",
    ...(svg ? { svg: svg + "\n" } : {}),
    ...(html ? { html: html + "\n" } : {}),
    ...(plotly ? { json: JSON.stringify(plotly) + "\n" } : {}),
  };
}

describe("figures, each as stored", () => {
  for (const name of Object.keys(samples)) {
    it(`${name} is drawn as before (UPDATE_SNAPSHOTS=1 stores a wanted change)`, () => {
      for (const [ending, now] of Object.entries(forms(name))) {
        const file = join(folder, `${name}.${ending}`);
        if (update) {
          mkdirSync(folder, { recursive: true });
          writeFileSync(file, now);
        }
        assert.ok(existsSync(file), `${file} is not stored; run with UPDATE_SNAPSHOTS=1 and look at it`);
        assert.equal(now, readFileSync(file, "utf8"), `${name}.${ending} has changed`);
      }
    });
  }

  it("nothing is stored that no figure draws", () => {
    const known = new Set(Object.keys(samples).flatMap((n) => Object.keys(forms(n)).map((e) => `${n}.${e}`)));
    assert.deepEqual(
      readdirSync(folder).filter((file) => !known.has(file)),
      [],
    );
  });
});

describe("figures, each in its structure", () => {
  for (const [name, make] of Object.entries(samples)) {
    const figure = make();

    it(`${name}: the text carries the message, and equal data make equal figures`, () => {
      assert.ok(figure.text.split("\n").length >= 2, figure.text);
      assert.doesNotMatch(figure.text, /undefined|NaN|\[object/);
      assert.deepEqual(make(), figure);
    });

    const svg = figure.svg;
    if (svg) {
      it(`${name}: the SVG is well-formed, named, self-contained, without ids or scripts`, () => {
        const { tags } = parseXml(svg);
        assert.equal(tags[0]?.name, "svg");
        assert.equal(tags[0]?.attributes["role"], "img");
        assert.ok(tags[0]?.attributes["aria-label"]);
        assert.deepEqual(
          tags.slice(1, 3).map((tag) => tag.name),
          ["title", "desc"],
        );
        for (const tag of tags) {
          assert.notEqual(tag.name, "script");
          for (const [key, value] of Object.entries(tag.attributes)) {
            assert.doesNotMatch(key, /^(id|on.*|href|xlink:href)$/);
            assert.doesNotMatch(String(value), /NaN|undefined|Infinity|url\(/, `${tag.name} ${key}`);
          }
        }
        assert.ok(svg.length < 120_000, `${svg.length} characters`);
      });
    }

    const html = figure.html;
    if (html) {
      it(`${name}: the HTML is well-formed, loads nothing, holds no id`, () => {
        const { tags, text } = parseHtml(html);
        for (const tag of tags) {
          for (const [key, value] of Object.entries(tag.attributes)) {
            assert.doesNotMatch(key, /^(id|on.*|href)$/);
            if (key === "src") assert.match(String(value), /^data:image\/svg\+xml;base64,/);
          }
        }
        assert.doesNotMatch(html, /https?:\/\//);
        assert.doesNotMatch(text, /undefined|NaN|\[object/);
      });

      it(`${name}: what an untrusted notebook keeps shows the message`, () => {
        const { tags } = parseHtml(html);
        const kept = untrusted(html);
        const hidden = tags
          .filter((tag) => "hidden" in tag.attributes)
          .map((tag) => String(tag.attributes["class"]));
        // JupyterLab's sanitizer drops the attribute where its value is empty: dead buttons would show.
        for (const tag of tags) assert.ok(tag.attributes["hidden"] !== "", `${tag.name} hidden=""`);
        assert.ok(
          hidden.every((cls) => /^tl-(player|tools)$/.test(cls)),
          "only controls that need the script hide",
        );
        assert.ok(kept.replace(/<[^>]*>/g, "").trim().length > 60);
      });
    }

    const plotly = figure.plotly;
    if (plotly) {
      it(`${name}: the Plotly figure is plain JSON with a title and rounded numbers`, () => {
        assert.deepEqual(JSON.parse(JSON.stringify(plotly)), plotly);
        assert.match(JSON.stringify(plotly.layout["title"]), /"text":"[^"]/);
        const long = JSON.stringify(plotly.data).match(/\d\.\d{10,}/g);
        assert.equal(long, null, `not rounded: ${long?.[0]}`);
      });
    }
  }
});
