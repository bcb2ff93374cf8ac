import { preferenceText } from "../data";
import type { PromptGroup } from "../data";
import { encodeChat } from "../text";
import type { ChatTemplateName, Tokenizer } from "../text";
import type { Written } from "./rows";

/** Most tokens of a prompt and an answer together: nineteen of twenty are shorter. */
export const PREFERENCE_LENGTH = 256;

/**
 * A prompt and each of its answers as a conversation, in ids. What is too long loses the end of its answer, and a prompt
 * that alone is too long its own beginning.
 * @throws TypeError for a model without a tokenizer or a layout for conversations
 */
export function preferenceIds(
  { tokenizer, chat }: { readonly tokenizer?: Tokenizer; readonly chat?: ChatTemplateName },
  group: PromptGroup,
): Written[] {
  if (!tokenizer || !chat) throw new TypeError("preferenceIds: the model has no layout for conversations.");
  const question = [{ role: "user" as const, content: preferenceText(group) }];
  const all = encodeChat(tokenizer, chat, question, { addGenerationPrompt: true });
  const prompt = all.slice(-(PREFERENCE_LENGTH - 64));
  return group.answers.map((answer) => {
    const ids = tokenizer.encode(answer).slice(0, PREFERENCE_LENGTH - prompt.length);
    return { prompt, answer: ids.length > 0 ? ids : tokenizer.encode(" ") };
  });
}
