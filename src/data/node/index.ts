/** The part of layer data that reads files: Node only. */
export { loadText } from "./files";
export { loadBanking, loadGsm8k, loadPreferences, loadSentiment, loadSms } from "./tasks";
export type { SentimentSource } from "./tasks";
export { domainTexts, fewShotTask, fewShotTasks } from "./few-shot";
export type { FewShotTask, FewShotTaskName } from "./few-shot";
export { loadWordVectors } from "./word-vectors";
