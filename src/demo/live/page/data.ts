/** The widgets' data in a page: scripts beside this one, which put base64 of gzip into `labLive`. */
import type { Files } from "../widget";

declare const self: { labLive?: Record<string, string> };

/** The address of this script's folder, read while it runs. */
const base = (document.currentScript as HTMLScriptElement | null)?.src ?? document.baseURI;

const scripts = new Map<string, Promise<void>>();

function load(name: string): Promise<void> {
  const known = scripts.get(name);
  if (known) return known;
  const loading = new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(name, base).href;
    script.onload = () => resolve();
    script.onerror = () => {
      scripts.delete(name);
      reject(new Error(`${name} is missing beside this page. Cure: build the site again (lab demo).`));
    };
    document.head.append(script);
  });
  scripts.set(name, loading);
  return loading;
}

/** A file of a script, which is loaded where it is not there yet. */
export async function fileOf(script: string, name: string): Promise<Uint8Array> {
  await load(script);
  const text = self.labLive?.[name];
  if (text === undefined) throw new Error(`${script} has no ${name}. Cure: build the site again (lab demo).`);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

/** Files by the names that they have below datasets/: a folder is a script. */
export const pageFiles: Files = {
  bytes: (name) => fileOf(`models/${name.slice(0, name.indexOf("/"))}.js`, name),
};
