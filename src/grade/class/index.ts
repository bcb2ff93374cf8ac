/** What a teacher decides, on top of the facts that grading found. */
export { closest } from "./closest";
export { csvText, type CsvCell } from "./csv";
export { finalResults, markable, shown, stateOf } from "./final";
export type { ClassResult, FinalLab, FinalLate, FinalQuestion, FinalResult } from "./final";
export { readIfThere, readSmall } from "./json";
export { addMarks, checkMark, readMarks, type Mark, type Markable } from "./marks";
export { marksFromCsv, marksToCsv, type MarkRow } from "./marksCsv";
export {
  findingsOf,
  type CheckCount,
  type Findings,
  type MistakeCount,
  type QuestionCount,
} from "./mistakes";
export { GradedSubmission, State } from "./model";
export type { GradedCheck, GradedLab, GradedQuestion, Isolation } from "./model";
export { planOf, type Plan, type PlannedLab, type PlannedQuestion } from "./plan";
export { readPolicy, type Policy } from "./policy";
