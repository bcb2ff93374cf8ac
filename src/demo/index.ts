/** The classroom site: chapters as pages and slides. Pure: what reads and writes files is in ./node. */
export { cardOf, chapterDocument, chapterScript, indexDocument, type Card } from "./document";
export { chapterOf, type Chapter, type ChapterSources, type LiveSection, type Part } from "./chapter";
export { parseNotebook, type Notebook } from "./notebook";
export { parseNotes, type Note } from "./notes";
