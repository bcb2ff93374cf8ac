/**
 * Serves the site's folder and nothing else. On a loopback address a request must name a loopback host, so that no
 * other page in the browser can read it by a name of its own; what it serves is the same for all, so it asks no token.
 */
import { createReadStream, realpathSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

export interface DemoServerOptions {
  readonly folder: string;
  /** 0, a free one, without it. */
  readonly port?: number;
  /** 127.0.0.1 without it. */
  readonly host?: string;
}

export interface DemoServer {
  readonly url: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Nothing from elsewhere, and no script in the text of a page; widgets compile WebAssembly and start workers. */
const policy = [
  "default-src 'none'",
  "script-src 'self' blob: 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const common = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  // A rebuilt page is seen at once; what has not changed is not sent again.
  "cache-control": "no-cache",
};

export const isLoopback = (host: string): boolean => /^(127(\.\d{1,3}){3}|localhost|\[?::1\]?)$/i.test(host);

/**
 * Starts the server. It does not keep the process alive.
 * @throws Error where the port is taken or the host is not this machine's, with the cure
 */
export async function startDemoServer({
  folder,
  port: wanted = 0,
  host = "127.0.0.1",
}: DemoServerOptions): Promise<DemoServer> {
  const home = realpathSync(folder);
  const server = createServer((request, response) => {
    try {
      answer(request, response, home, isLoopback(host));
    } catch (error) {
      if (!response.headersSent) refuse(response, 500, (error as Error).message);
      else response.destroy();
    }
  });
  server.requestTimeout = 10_000;
  server.unref();
  server.on("connection", (socket) => socket.unref());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, wanted, host)));
    server.listen({ port: wanted, host, exclusive: true }, resolve);
  });
  const { port, address, family } = server.address() as AddressInfo;
  const any = address === "0.0.0.0" || address === "::";
  const name = any ? "127.0.0.1" : family === "IPv6" ? `[${address}]` : address;
  return {
    url: `http://${name}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === "EADDRINUSE")
    return new Error(`Port ${port} is taken. Cure: another --port, or none for a free one.`, {
      cause: error,
    });
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
    return new Error(`${host} is no address of this machine. Cure: --host 127.0.0.1, or 0.0.0.0 for all of its addresses.`, { cause: error }); // prettier-ignore
  return error;
}

function answer(request: IncomingMessage, response: ServerResponse, home: string, own: boolean): void {
  const { method = "", headers, url = "/" } = request;
  if (own && !isLoopback((headers.host ?? "").replace(/:\d+$/, "")))
    return refuse(
      response,
      403,
      "This page is for this machine alone. Cure: open it as 127.0.0.1 or localhost, or start lab demo with --host.",
    );
  if (method !== "GET" && method !== "HEAD")
    return refuse(response, 405, `${method} is not for this.`, { allow: "GET, HEAD" });
  const file = fileOf(url, home);
  const stat = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  if (file === undefined || !stat?.isFile()) return refuse(response, 404, "There is no such page.");
  const etag = `"${stat.size.toString(36)}-${Math.round(stat.mtimeMs).toString(36)}"`;
  if (headers["if-none-match"] === etag) {
    response.writeHead(304, { ...common, etag }).end();
    return;
  }
  response.writeHead(200, {
    ...common,
    etag,
    "content-type": types[path.extname(file)] ?? "application/octet-stream",
    "content-length": stat.size,
  });
  if (method === "HEAD") response.end();
  else
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
}

/**
 * The file of an address, links followed; undefined for all that is not inside of `home`, or begins with a dot.
 * @param url path and query, as the request has them
 */
export function fileOf(url: string, home: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(url.split(/[?#]/)[0]!);
  } catch {
    return undefined;
  }
  if (!name.startsWith("/") || /[\0\\]/.test(name)) return undefined;
  const steps = name.slice(1).split("/");
  if (steps.at(-1) === "") steps[steps.length - 1] = "index.html";
  if (steps.some((step) => step === "" || step.startsWith("."))) return undefined;
  try {
    const file = realpathSync(path.join(home, ...steps));
    return file.startsWith(home + path.sep) ? file : undefined;
  } catch {
    return undefined; // not there
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  text: string,
  more: Record<string, string> = {},
): void {
  const body = `${text}\n`;
  response.writeHead(status, {
    ...common,
    ...more,
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
