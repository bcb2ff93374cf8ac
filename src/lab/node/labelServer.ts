/**
 * The server behind the labelling page. It is for one person on this machine: it listens on 127.0.0.1 alone, every request
 * must bear the token of the address, and must name a loopback host, so that no other page in the browser can reach it.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { plain } from "../figures/escape";
import { labelDocument } from "../label/page";
import { keyOf, rankingOf, viewOf } from "../label/session";
import type { LabelView, PreparedItem } from "../label/session";
import type { LabelFile } from "./labelFile";

export interface LabelServerOptions {
  readonly items: readonly PreparedItem[];
  readonly file: LabelFile;
  /** The file as the page names it. */
  readonly fileName: string;
  /** 0, a free one, without it. */
  readonly port?: number;
}

export interface LabelServer {
  /** With the token: whoever has it can label. */
  readonly url: string;
  /** Ends it at once; open pages say so at their next action. */
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly view?: LabelView;
  readonly note?: string;
  readonly error?: string;
}

/** Largest body of a request, in bytes; a label has some 60. */
const MAX_BODY = 4096;

const labelBody = z.object({
  id: z.number().int().nonnegative(),
  /** One an answer, in the order shown. */
  ranks: z.array(z.number().int().positive()).min(2),
  /** How long the learner looked at it. */
  seconds: z.number().nonnegative(),
});
const undoBody = z.object({ done: z.number().int().nonnegative() });

/**
 * Starts the server. It does not keep the process alive: a notebook's kernel or a script ends as if it were not there.
 * @throws Error where the port is taken, with the cure
 */
export async function startLabelServer(options: LabelServerOptions): Promise<LabelServer> {
  const token = randomBytes(24).toString("base64url");
  const page = labelDocument(options.fileName);
  const policy = contentPolicy(page);
  const server = createServer((request, response) => {
    answer(request, options, token)
      .then((reply) =>
        reply === "page" ? sendPage(response, page.html, policy) : sendReply(response, reply),
      )
      .catch((error: Error) => sendReply(response, { status: 500, error: error.message }));
  });
  server.requestTimeout = 10_000;
  server.unref();
  server.on("connection", (socket) => socket.unref());
  const { port: wanted = 0 } = options;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${wanted} is taken. Cure: another --port, or none for a free one.`, {
              cause: error,
            })
          : error,
      ),
    );
    server.listen({ port: wanted, host: "127.0.0.1", exclusive: true }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  { items, file }: LabelServerOptions,
  token: string,
): Promise<Reply | "page"> {
  if (!isLoopback(request.headers.host))
    return {
      status: 403,
      error: "This page is for this machine alone. Cure: open it as 127.0.0.1 or localhost.",
    };
  const [, given = "", place = "", ...rest] = (request.url ?? "").split("?")[0]!.split("/");
  if (!sameText(given, token))
    return {
      status: 403,
      error: "Wrong address. Cure: open the page by the link of the notebook or of lab label.",
    };
  const { method, headers } = request;
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`)
    return { status: 403, error: "Another page may not use this one." };
  if (rest.length > 0 || !["", "view", "label", "undo"].includes(place))
    return { status: 404, error: "There is no such page." };
  const change = place === "label" || place === "undo";
  if (method !== (change ? "POST" : "GET")) return { status: 405, error: `${method} is not for this.` };
  if (place === "") return "page";
  if (place === "view") return { status: 200, view: now() };
  if (!/^application\/json\b/.test(headers["content-type"] ?? ""))
    return { status: 415, error: "JSON was expected." };
  const body = await bodyOf(request);
  if (body === undefined) return { status: 413, error: `More than ${MAX_BODY} bytes.` };
  return place === "label" ? label(body) : undo(body);

  function labelledKeys(): Set<string> {
    return new Set(file.labels().map(keyOf));
  }
  function now(): LabelView {
    return viewOf(items, labelledKeys());
  }

  function label(text: string): Reply {
    const { success, data } = labelBody.safeParse(jsonOf(text));
    const item = data && items[data.id];
    if (!success || !item || data.ranks.length !== item.answers.length)
      return { status: 400, error: "This is no label of an item. Cure: load the page again." };
    const ranking = rankingOf(item, data.ranks);
    const before = file.labels().find((each) => keyOf(each) === item.key);
    if (before) {
      // The same click sent twice is one label.
      const same = item.answers.every(
        (text, i) => before.ranks[before.answers.indexOf(text)] === ranking.ranks[i],
      );
      const note = same
        ? ""
        : "That one was labelled already, perhaps in another tab; the first label stands.";
      return { status: same ? 200 : 409, view: now(), note };
    }
    const { shown } = item;
    const vanished = file.add(ranking, { shown, seconds: data.seconds, at: new Date().toISOString() });
    return {
      status: 200,
      view: now(),
      note: vanished ? "The file of labels had vanished; all labels were written again." : "",
    };
  }

  function undo(text: string): Reply {
    const { success, data } = undoBody.safeParse(jsonOf(text));
    if (!success) return { status: 400, error: "This is no wish to undo. Cure: load the page again." };
    if (data.done !== now().done)
      return { status: 409, view: now(), note: "Another tab has changed something: nothing was undone." };
    const keys = new Set(items.map(({ key }) => key));
    const removed = file.removeLast((each) => keys.has(keyOf(each)));
    if (!removed) return { status: 409, view: now(), note: "There is nothing to undo." };
    return { status: 200, view: now(), note: "Undone: the last label is taken back." };
  }
}

const sameText = (a: string, b: string): boolean => {
  const [one, two] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(one!, two!);
};

/** Any port: an ssh tunnel may have another one at its near end. */
const isLoopback = (host = ""): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined where it is too large; the rest is not read then. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Nothing from elsewhere, and no script or style but those of the page; a notebook on this machine may frame it. */
function contentPolicy({ script, style }: { script: string; style: string }): string {
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self' http://127.0.0.1:* http://localhost:* https://localhost:* vscode-webview:",
  ].join("; ");
}

const common = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

function sendPage(response: ServerResponse, html: string, policy: string): void {
  response.writeHead(200, {
    ...common,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
  });
  response.end(html);
}

function sendReply(response: ServerResponse, { status, view, note, error }: Reply): void {
  const item = view?.item;
  // What would reorder the text around it, or cannot be seen, becomes a sign.
  const safe = item && { ...item, prompt: plain(item.prompt), answers: item.answers.map(plain) };
  const body = JSON.stringify({ view: view && { ...view, item: safe }, note, error });
  response.writeHead(status, {
    ...common,
    "content-type": "application/json; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    ...(status === 413 ? { connection: "close" } : {}),
  });
  response.end(body);
}
