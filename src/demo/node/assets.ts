/** What all pages share: style, scripts, Plotly, the fonts of formulas. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { paletteCss } from "../palette";
import { writeWhole } from "../../text/node/files";

/** @param root of the project, @param out the site's folder */
export async function buildAssets(root: string, out: string): Promise<void> {
  const source = path.join(root, "src", "demo", "page");
  const assets = path.join(out, "assets");
  const script = (name: string): Promise<string> => bundled(root, path.join(source, `${name}.ts`));
  writeWhole(path.join(assets, "theme.js"), await script("theme"));
  writeWhole(path.join(assets, "page.js"), await script("main"));
  writeWhole(path.join(assets, "style.css"), paletteCss() + (await bundled(root, path.join(source, "style", "main.css")))); // prettier-ignore
  writeWhole(path.join(assets, "plotly.js"), readFileSync(require.resolve("plotly.js-cartesian-dist-min")));
  copyKatex(path.join(assets, "katex"));
}

/** One classic script (or one style sheet): a page opened from disk may load no modules. */
async function bundled(root: string, entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "browser",
    target: ["chrome109", "firefox115", "safari16.4"],
    charset: "utf8",
    legalComments: "inline",
    logLevel: "silent",
    tsconfigRaw: {},
  });
  return result.outputFiles[0]!.text;
}

/** Every browser of today reads woff2; the older forms would double the weight. */
function copyKatex(folder: string): void {
  const dist = path.dirname(require.resolve("katex"));
  mkdirSync(path.join(folder, "fonts"), { recursive: true });
  const css = readFileSync(path.join(dist, "katex.min.css"), "utf8");
  writeWhole(path.join(folder, "katex.min.css"), css.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("[^"]*"\)/g, "")); // prettier-ignore
  for (const name of readdirSync(path.join(dist, "fonts")))
    if (name.endsWith(".woff2"))
      copyFileSync(path.join(dist, "fonts", name), path.join(folder, "fonts", name));
}
