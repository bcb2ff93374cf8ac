import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { readPreferences, savePreferences } from "../../src/align/node";
import { formatPreferenceFile, formatRanking, parsePreferenceFile } from "../../src/align/preferenceFile";
import type { Message } from "../../src/align/preferenceFile";
import type { Ranking } from "../../src/align/ranking";

const pair = (prompt: string, chosen: string, rejected: string): Ranking => ({
  prompt,
  answers: [chosen, rejected],
  ranks: [1, 2],
});
const user = (content: string): Message => ({ role: "user", content });
const bot = (content: string): Message => ({ role: "assistant", content });
const parse = (...rows: object[]) =>
  parsePreferenceFile(rows.map((row) => JSON.stringify(row)).join("\n")).rankings;

const rankings = fc
  .uniqueArray(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 5 })
  .chain((answers) =>
    fc.record(
      {
        prompt: fc.string({ unit: "binary" }),
        answers: fc.constant(answers),
        ranks: fc.array(fc.integer({ min: 1, max: 4 }), {
          minLength: answers.length,
          maxLength: answers.length,
        }),
      },
      { noNullPrototype: true },
    ),
  );

describe("align/preferenceFile", () => {
  it("reads texts with a prompt, blank lines, a byte order mark and either line end", () => {
    const line = JSON.stringify({ prompt: "The sky is", chosen: " blue.", rejected: " green.", other: 3 });
    for (const text of [line, `\uFEFF${line}`, `${line}\r\n`, `\n  \r\n${line}\n\n`])
      assert.deepEqual(parsePreferenceFile(text), {
        rankings: [pair("The sky is", " blue.", " green.")],
        skipped: [],
      });
    assert.deepEqual(parse({ prompt: "", chosen: "", rejected: "\u2028x" }), [pair("", "", "\u2028x")]);
    assert.deepEqual(parsePreferenceFile(""), { rankings: [], skipped: [] });
  });

  it("HH-RLHF: the prompt is how both begin, up to the last turn of the assistant", () => {
    const begin = "\n\nHuman: Hi\n\nAssistant: Hello. How are you?\n\nHuman: Well\n\nAssistant:";
    assert.deepEqual(parse({ chosen: `${begin} Good. You?`, rejected: `${begin} Good bye.` }), [
      pair(begin, " Good. You?", " Good bye."),
    ]);
    // They part in an earlier answer: what follows belongs to the answers.
    const early = "\n\nHuman: Hi\n\nAssistant:";
    assert.deepEqual(
      parse({
        chosen: `${early} A\n\nHuman: x\n\nAssistant: y`,
        rejected: `${early} B\n\nHuman: x\n\nAssistant: y`,
      }),
      [pair(early, " A\n\nHuman: x\n\nAssistant: y", " B\n\nHuman: x\n\nAssistant: y")],
    );
  });

  it("texts without turns part at a word, whichever is longer", () => {
    assert.deepEqual(parse({ chosen: "The sky is blue.", rejected: "The sky is black." }), [
      pair("The sky is", " blue.", " black."),
    ]);
    assert.deepEqual(parse({ chosen: "The sky", rejected: "The sky is" }), [pair("The sky", "", " is")]);
    assert.deepEqual(parse({ chosen: "The sky is", rejected: "The sky" }), [pair("The sky", " is", "")]);
    assert.throws(() => parse({ chosen: "blue", rejected: "black" }), /line 1, prompt: it is missing.*Cure: give a prompt/); // prettier-ignore
  });

  it("lists of messages: the prompt apart, repeated, or only at the head of both", () => {
    const wanted = [pair("Sky?", "Blue.", "Green.")];
    assert.deepEqual(
      parse({ prompt: [user("Sky?")], chosen: [bot("Blue.")], rejected: [bot("Green.")] }),
      wanted,
    );
    assert.deepEqual(parse({ prompt: "Sky?", chosen: [bot("Blue.")], rejected: [bot("Green.")] }), wanted);
    assert.deepEqual(parse({ prompt: [user("Sky?")], chosen: "Blue.", rejected: "Green." }), wanted);
    const whole = { chosen: [user("Sky?"), bot("Blue.")], rejected: [user("Sky?"), bot("Green.")] };
    for (const prompt of [undefined, null, "Sky?", [user("Sky?")]])
      assert.deepEqual(parse({ ...whole, prompt }), wanted);
    assert.deepEqual(parse({ chosen: [{ role: "human", content: "Sky?" }, bot("Blue.")], rejected: whole.rejected }), wanted); // prettier-ignore
  });

  it("longer conversations are written out, or by a layout of one's own", () => {
    const before: Message[] = [
      { role: "system", content: "Be kind." },
      user("Hi"),
      bot("Hello"),
      user("Sky?"),
    ];
    const row = {
      chosen: [...before, bot("Blue.")],
      rejected: [...before, bot("Green."), user("No!"), bot("Oh.")],
    };
    assert.deepEqual(parse(row), [
      pair(
        "\n\nSystem: Be kind.\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Sky?\n\nAssistant: ",
        "Blue.",
        "Green.\n\nHuman: No!\n\nAssistant: Oh.",
      ),
    ]);
    const layout = (list: readonly Message[]): string => list.map(({ role }) => role).join("|");
    const { rankings: own } = parsePreferenceFile(JSON.stringify({ ...row, prompt: before.slice(0, 1) }), {
      layout,
    });
    assert.equal(own[0]!.prompt, "system|user|assistant|user");
    const apart = { prompt: before, chosen: [user("And?"), bot("a")], rejected: [user("And?"), bot("b")] };
    assert.equal(parsePreferenceFile(JSON.stringify(apart), { layout }).rankings[0]!.prompt, "system|user|assistant|user|user"); // prettier-ignore
  });

  it("rankings stand beside or without the usual fields; a tie has no chosen", () => {
    const ranking: Ranking = { prompt: "p", answers: ["a", "b", "c"], ranks: [2, 1, 3] };
    assert.deepEqual(JSON.parse(formatRanking(ranking, { by: "me" })), {
      ...{ prompt: "p", chosen: "b", rejected: "c", answers: ["a", "b", "c"], ranks: [2, 1, 3] },
      by: "me",
    });
    assert.equal(formatRanking(pair("p", "a", "b")), '{"prompt":"p","chosen":"a","rejected":"b"}');
    const tie: Ranking = { prompt: "p", answers: ["a", "b"], ranks: [1, 1] };
    assert.equal(formatRanking(tie), '{"prompt":"p","answers":["a","b"],"ranks":[1,1]}');
    assert.deepEqual(parse(JSON.parse(formatRanking(tie)) as object, ranking), [tie, ranking]);
    assert.throws(() => formatPreferenceFile([tie, { ...tie, ranks: [1] }]), /rankings\[1\]\.ranks has 1/);
  });

  it("answers that wait for labels are read where that is asked for", () => {
    const line = JSON.stringify({ prompt: "p", answers: ["a", "b", "c"] });
    assert.throws(() => parsePreferenceFile(line), /line 1, ranks/);
    const read = (text: string) => parsePreferenceFile(text, { unlabelled: true }).rankings;
    assert.deepEqual(read(line), [{ prompt: "p", answers: ["a", "b", "c"], ranks: [1, 1, 1] }]);
    const labelled = formatRanking({ prompt: "p", answers: ["a", "b"], ranks: [2, 1] });
    assert.deepEqual(read(labelled), parsePreferenceFile(labelled).rankings);
    assert.throws(() => read('{"prompt":"p","answers":["a","a"]}'), /answers\[1\] is the same text/);
    assert.throws(() => read('{"prompt":"p","answers":3}'), /line 1, answers/);
  });

  it("what is written is read as the same", () => {
    fc.assert(
      fc.property(fc.array(rankings, { maxLength: 5 }), fc.constantFrom("\n", "\r\n"), (list, end) => {
        const text = formatPreferenceFile(list).replaceAll("\n", end);
        assert.deepEqual(parsePreferenceFile(text), { rankings: list, skipped: [] });
      }),
    );
  });

  it("messages that hold a prompt are read as its texts are", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (prompt, chosen, rejected) => {
        const head = [user(prompt)];
        const row = { chosen: [...head, bot(chosen)], rejected: [...head, bot(rejected)] };
        assert.deepEqual(parse(row), parse({ prompt, chosen, rejected }));
      }),
    );
  });

  it("two equal answers decide nothing: the line is left out and counted", () => {
    const good = JSON.stringify({ prompt: "p", chosen: "a", rejected: "b" });
    const same = JSON.stringify({ prompt: "p", chosen: "a", rejected: "a" });
    assert.deepEqual(parsePreferenceFile(`${good}\n${same}\n${good}`), {
      rankings: [pair("p", "a", "b"), pair("p", "a", "b")],
      skipped: [{ line: 2, why: "chosen and rejected are the same text" }],
    });
  });

  it("what is wrong names line, field and cure", () => {
    const wrong: [unknown, RegExp][] = [
      ["{", /line 2: no JSON \(.*Cure: one whole JSON object a line/],
      [[1], /line 2: no JSON object\. Cure/],
      [null, /line 2: no JSON object/],
      [{ prompt: "p", chosen: "a" }, /line 2, rejected: it is missing\. Cure/],
      [{ prompt: "p", rejected: "a" }, /line 2, chosen: it is missing/],
      [{ prompt: 5, chosen: "a", rejected: "b" }, /line 2, prompt: .*Cure: a text, or a list of messages/],
      [{ prompt: "p", chosen: [], rejected: [bot("b")] }, /line 2, chosen: /],
      [{ prompt: "p", chosen: [bot("a"), { role: "tool", content: "x" }], rejected: [bot("b")] }, /line 2, chosen\[1\]\.role: expected "system"/],
      [{ prompt: "p", chosen: [{ role: "user" }], rejected: [bot("b")] }, /line 2, chosen\[0\]\.content/],
      [{ prompt: "p", chosen: [bot("a")], rejected: "b" }, /both be texts or both lists/],
      [{ prompt: "p", chosen: [user("a")], rejected: [bot("b")] }, /line 2, chosen: the first message that is its own is by "user"/],
      [{ prompt: "q", chosen: [user("p"), bot("a")], rejected: [user("p"), bot("b")] }, /line 2, prompt: .*it is none of them/],
      [{ chosen: [bot("a")], rejected: [bot("b")] }, /share no message/],
      [{ answers: ["a", "b"], ranks: [1, 2] }, /line 2, prompt: it is missing/],
      [{ prompt: "p", answers: ["a", 3], ranks: [1, 2] }, /line 2, answers\.1/],
      [{ prompt: "p", answers: ["a", "b"] }, /line 2, ranks/],
      [{ prompt: "p", answers: ["a", "b"], ranks: [1, 0] }, /line 2\.ranks\[1\] is 0/],
    ]; // prettier-ignore
    for (const [row, message] of wrong) {
      const line = typeof row === "string" ? row : JSON.stringify(row);
      assert.throws(() => parsePreferenceFile(`\n${line}`), (error: Error) => error instanceof SyntaxError && message.test(error.message), line); // prettier-ignore
    }
    assert.throws(() => parsePreferenceFile(`\n${" ".repeat(11)}`, { maxLine: 10 }), /line 2: 11 characters, more than the 10/); // prettier-ignore
  });
});

describe("align/node: preferences", () => {
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "preferences-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const many = Array.from({ length: 3000 }, (_, i) => pair(`Prompt ${i} ä€😀`, "a".repeat(i % 90), "b"));

  it("saves whole and reads the same, plain and packed, across the stream's chunks", async () => {
    const path = join(folder, "many.jsonl");
    await savePreferences(path, many);
    assert.deepEqual((await readPreferences(path)).rankings, many);
    const packed = write("many.jsonl.gz", gzipSync(formatPreferenceFile(many)));
    assert.deepEqual((await readPreferences(packed)).rankings, many);
    assert.deepEqual((await readPreferences(packed, { take: 7 })).rankings, many.slice(0, 7));
    await assert.rejects(savePreferences(path, [{ ...many[0]!, ranks: [1] }]), RangeError);
    assert.deepEqual((await readPreferences(path)).rankings.length, 3000, "the old file stands");
    assert.deepEqual(readdirSync(folder).sort(), ["many.jsonl", "many.jsonl.gz"]);
  });

  it("a line without an end is read, and an empty file has none", async () => {
    assert.equal((await readPreferences(write("open.jsonl", formatRanking(many[0]!)))).rankings.length, 1);
    assert.deepEqual(await readPreferences(write("empty.jsonl", "")), { rankings: [], skipped: [] });
    const same = JSON.stringify({ prompt: "p", chosen: "a", rejected: "a" });
    assert.equal((await readPreferences(write("same.jsonl", `\n${same}`))).skipped[0]!.line, 2);
  });

  it("refuses what is too large, broken or no text, and names file and line", async () => {
    const text = formatPreferenceFile(many.slice(0, 3));
    const fails = (name: string, content: string | Buffer, message: RegExp, options = {}) =>
      assert.rejects(readPreferences(write(name, content), options), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.includes(name), error.message);
        return true;
      });
    await fails("a.jsonl", `${text}{`, /line 4: no JSON/);
    await fails("b.jsonl", text, /more than the 50 bytes.*Cure/, { maxBytes: 50 });
    await fails("c.jsonl", `${text}${"x".repeat(5000)}`, /line 4: 5000 characters, more than the 900/, {
      maxLine: 900,
    });
    await fails("d.jsonl", Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe])]), /line 1 or a little after it: not UTF-8/); // prettier-ignore
    await fails("e.jsonl.gz", text, /incorrect header check/);
    await fails("f.jsonl.gz", gzipSync(Buffer.alloc(5_000_000, 0x20)), /more than the 1000000 that are read/);
    await assert.rejects(readPreferences(folder), /is not a file/);
    await assert.rejects(readPreferences(join(folder, "none.jsonl")), /ENOENT/);
    await assert.rejects(
      readPreferences(join(folder, "a.jsonl"), { take: 0 }),
      /take must be a number from 1/,
    );
  });
});
