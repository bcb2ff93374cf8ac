/**
 * Chat templates: how a conversation becomes one text for the model, and how it becomes ids safely.
 *
 * A model was tuned on one layout and works badly with another. The marks of the layout are special tokens; whoever
 * can put them into a message can speak as the system or as the assistant. So a message is always encoded as ordinary
 * text: `encodeChat` never searches it for special tokens.
 */
import type { Tokenizer } from "./tokenizer";

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A stretch of a layout: ordinary text, or the name of a special token. */
export type ChatPart = string | { readonly special: string };

interface Frame {
  readonly before: readonly ChatPart[];
  readonly after: readonly ChatPart[];
}

/** A layout as plain data. */
export interface ChatTemplate {
  readonly name: string;
  /** Where the layout comes from. */
  readonly source: string;
  /** Before the first message. */
  readonly begin: readonly ChatPart[];
  /** Around a message of each role. No frame for "system": it goes into the first user message, in `systemInside`. */
  readonly frames: Readonly<Record<"user" | "assistant", Frame>> & { readonly system?: Frame };
  readonly systemInside?: { readonly before: string; readonly after: string };
  /** The system message of a conversation that has none. */
  readonly defaultSystem?: string;
  /** What makes the model answer: the beginning of an assistant message. */
  readonly generation: readonly ChatPart[];
  /** Whether white space at both ends of each message is dropped. */
  readonly trim: boolean;
}

const special = (name: string): ChatPart => ({ special: name });

const chatmlFrame = (role: string): Frame => ({
  before: [special("<|im_start|>"), `${role}\n`],
  after: [special("<|im_end|>"), "\n"],
});

const chatml: ChatTemplate = {
  name: "chatml",
  source: "OpenAI ChatML; Qwen's base layout",
  begin: [],
  frames: {
    system: chatmlFrame("system"),
    user: chatmlFrame("user"),
    assistant: chatmlFrame("assistant"),
  },
  generation: [special("<|im_start|>"), "assistant\n"],
  trim: false,
};

const llama3Frame = (role: string): Frame => ({
  before: [special("<|start_header_id|>"), role, special("<|end_header_id|>"), "\n\n"],
  after: [special("<|eot_id|>")],
});

/** The marks of Zephyr are ordinary text: only </s> is a token of its own. */
const zephyrFrame = (role: string): Frame => ({
  before: [`<|${role}|>\n`],
  after: [special("</s>"), "\n"],
});

/** Layouts by name. */
export const chatTemplates = {
  chatml,
  smollm2: {
    ...chatml,
    name: "smollm2",
    source: "chat template of HuggingFaceTB/SmolLM2-135M-Instruct",
    defaultSystem: "You are a helpful AI assistant named SmolLM, trained by Hugging Face",
  },
  /** [INST] and <<SYS>> are ordinary text, so a message can forge them: only <s> and </s> are safe. */
  llama2: {
    name: "llama2",
    source: "Touvron et al., Llama 2, 2023; meta-llama/Llama-2-7b-chat-hf",
    begin: [],
    frames: {
      user: { before: [special("<s>"), "[INST] "], after: [" [/INST]"] },
      assistant: { before: [" "], after: [" ", special("</s>")] },
    },
    systemInside: { before: "<<SYS>>\n", after: "\n<</SYS>>\n\n" },
    generation: [],
    trim: true,
  },
  llama3: {
    name: "llama3",
    source: "meta-llama/Meta-Llama-3-8B-Instruct",
    begin: [special("<|begin_of_text|>")],
    frames: {
      system: llama3Frame("system"),
      user: llama3Frame("user"),
      assistant: llama3Frame("assistant"),
    },
    generation: [special("<|start_header_id|>"), "assistant", special("<|end_header_id|>"), "\n\n"],
    trim: true,
  },
  zephyr: {
    name: "zephyr",
    source: "HuggingFaceH4/zephyr-7b-beta",
    begin: [],
    frames: {
      system: zephyrFrame("system"),
      user: zephyrFrame("user"),
      assistant: zephyrFrame("assistant"),
    },
    generation: ["<|assistant|>\n"],
    trim: false,
  },
  /** Made for one instruction and one response; no marks are special but the end. */
  alpaca: {
    name: "alpaca",
    source: "Taori et al., Stanford Alpaca, 2023: the prompt without input",
    begin: [],
    frames: {
      system: { before: [], after: ["\n\n"] },
      user: { before: ["### Instruction:\n"], after: ["\n\n"] },
      assistant: { before: ["### Response:\n"], after: [special("</s>")] },
    },
    defaultSystem:
      "Below is an instruction that describes a task. " +
      "Write a response that appropriately completes the request.",
    generation: ["### Response:\n"],
    trim: false,
  },
} as const satisfies Record<string, ChatTemplate>;

export type ChatTemplateName = keyof typeof chatTemplates;

export interface ChatOptions {
  /** End with the beginning of an answer, for the model to go on from. */
  readonly addGenerationPrompt?: boolean;
}

/** A conversation as text, and which stretches of it are special tokens (UTF-16 offsets). */
export interface RenderedChat {
  readonly text: string;
  readonly special: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

/**
 * The conversation as one text, as Hugging Face's `apply_chat_template(tokenize=False)` writes it. To make ids of it
 * use `encodeChat`: in the text a typed "<|im_end|>" looks like the real one.
 *
 * @throws RangeError for an unknown template or role, or a system message where the layout has no place for it
 */
export function renderChat(
  template: ChatTemplate | ChatTemplateName,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): RenderedChat {
  let text = "";
  const found: { name: string; start: number; end: number }[] = [];
  for (const part of layOut(template, messages, options)) {
    const start = text.length;
    text += typeof part === "string" ? part : part.special;
    if (typeof part !== "string") found.push({ name: part.special, start, end: text.length });
  }
  return { text, special: found };
}

/**
 * The conversation as ids. Marks of the layout are special tokens; whatever stands in a message is ordinary text,
 * also when it spells a special token.
 *
 * @throws RangeError when the tokenizer lacks a special token of the template; else as `renderChat`
 */
export function encodeChat(
  tokenizer: Tokenizer,
  template: ChatTemplate | ChatTemplateName,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): number[] {
  const ids: number[] = [];
  // Ordinary text is encoded in one piece from mark to mark, since tokens may cross from the role into the message.
  let ordinary = "";
  const flush = () => {
    for (const id of tokenizer.encode(ordinary, { allowSpecial: "none" })) ids.push(id);
    ordinary = "";
  };
  for (const part of layOut(template, messages, options)) {
    if (typeof part === "string") {
      ordinary += part;
      continue;
    }
    flush();
    if (!Object.hasOwn(tokenizer.special, part.special)) {
      throw new RangeError(
        `The chat template needs the special token ${JSON.stringify(part.special)}, which this ${tokenizer.kind} ` +
          `tokenizer has not. It has: ${Object.keys(tokenizer.special).join(", ") || "none"}.`,
      );
    }
    ids.push(tokenizer.special[part.special]);
  }
  flush();
  return ids;
}

function* layOut(
  from: ChatTemplate | ChatTemplateName,
  messages: readonly ChatMessage[],
  options: ChatOptions,
): Generator<ChatPart, void, undefined> {
  const template = findTemplate(from);
  const { frames, systemInside, defaultSystem } = template;
  const clean = (text: string) => (template.trim ? text.trim() : text);
  let rest = messages;
  if (defaultSystem !== undefined && messages.length > 0 && messages[0].role !== "system") {
    rest = [{ role: "system", content: defaultSystem }, ...messages];
  }
  yield* template.begin;
  let waiting: string | undefined; // a system message on its way into the first user message
  for (const [i, { role, content }] of rest.entries()) {
    if (role === "system" && !frames.system && systemInside) {
      if (i > 0) throw new RangeError(`${template.name}: only the first message can be a system message.`);
      waiting = systemInside.before + content + systemInside.after;
      continue;
    }
    const frame = Object.hasOwn(frames, role) ? frames[role] : undefined;
    if (!frame) {
      throw new RangeError(`${template.name}: message ${i} has the role ${JSON.stringify(role)}; ` +
        "roles are system, user and assistant."); // prettier-ignore
    }
    if (waiting !== undefined && role !== "user") {
      throw new RangeError(`${template.name}: a user message must follow the system message.`);
    }
    yield* frame.before;
    yield clean((waiting ?? "") + content);
    waiting = undefined;
    yield* frame.after;
  }
  if (waiting !== undefined) {
    throw new RangeError(`${template.name}: a user message must follow the system message.`);
  }
  if (options.addGenerationPrompt) yield* template.generation;
}

function findTemplate(template: ChatTemplate | ChatTemplateName): ChatTemplate {
  if (typeof template !== "string") return template;
  if (Object.hasOwn(chatTemplates, template)) return chatTemplates[template];
  throw new RangeError(
    `No chat template ${JSON.stringify(template)}; there are ${Object.keys(chatTemplates).join(", ")}.`,
  );
}
