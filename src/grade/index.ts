/** Grading: one lab folder, a class of submissions, its reports, and the watch beside a learner. */
export * from "./batch";
export * from "./class";
export { IsolationError, ISOLATIONS, isIsolationName, type IsolationName } from "./isolation";
export { gradeLab, type GradedExercise, type GradeOptions, type LabOutcome } from "./lab";
export { classTable, makeReports, summaryLine, writeReports, type ReportInput } from "./report";
export { openWatch, type Watch, type WatchOptions } from "./watch/session";
