export { gradeClass, type BatchOptions, type BatchOutcome, type BatchProgress } from "./batch";
export { readResult, readResults, writeResult } from "./results";
export { inShard, mergeResults, parseShard, type Shard } from "./shards";
export { listSubmissions, readSubmission, readTimes, type Entry, type Submission } from "./submissions";
