import { SaxesParser, type SaxesTagPlain } from "saxes";

export interface Parsed {
  readonly tags: readonly SaxesTagPlain[];
  readonly text: string;
}

/** Parses XML strictly: throws at the first fault, with its line and column. */
export function parseXml(source: string): Parsed {
  const parser = new SaxesParser();
  const tags: SaxesTagPlain[] = [];
  let text = "";
  parser.on("opentag", (tag) => tags.push(tag));
  parser.on("text", (chunk) => (text += chunk));
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(source).close();
  return { tags, text };
}

/** The figure's own markup as a notebook without trust keeps it: no style, script or SVG. */
export const untrusted = (html: string): string => html.replace(/<(style|script|svg)\b[\s\S]*?<\/\1>/g, "");

/** Our HTML is XML but for void elements; this closes them and parses. */
export const parseHtml = (html: string): Parsed =>
  parseXml(`<root>${untrusted(html).replace(/<(br|wbr|img|input)\b([^>]*)>/g, "<$1$2/>")}</root>`);
