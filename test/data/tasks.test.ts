import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../src/engine";
import {
  distinctTexts,
  parseBanking,
  parseGsm8k,
  parseSentiment,
  parseSms,
  stratifiedSplit,
} from "../../src/data";
import type { LabelledText } from "../../src/data";
import { parseCsv } from "../../src/data/csv";
import { loadBanking, loadGsm8k, loadSentiment, loadSms } from "../../src/data/node";

const counts = (rows: readonly { readonly label: string }[]): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const { label } of rows) out[label] = (out[label] ?? 0) + 1;
  return out;
};

describe("data: sets of the prompting chapters", () => {
  it("sentiment: 2,997 sentences, quotes of the table taken off", () => {
    assert.deepEqual(counts(loadSentiment("amazon")), { negative: 500, positive: 500 });
    assert.deepEqual(counts(loadSentiment("imdb")), { negative: 500, positive: 500 });
    assert.deepEqual(counts(loadSentiment("yelp")), { negative: 499, positive: 498 });
    const all = loadSentiment();
    assert.equal(all.length, 2997);
    assert.deepEqual(all[1], { text: "Good case, Excellent value.", label: "positive" });
    const texts = all.map(({ text }) => text);
    assert.ok(texts.includes('The design is very odd, as the ear "clip" is not very comfortable at all.'));
    assert.deepEqual(texts.filter((text) => text.includes('""') || text !== text.trim()), []); // prettier-ignore
  });

  it("sentiment: lines by hand, and what is wrong with a line", () => {
    const rows = parseSentiment(
      'Fine.\t1\n"Looks great and is strong."""\t1\r\n\n"A ""b"", c"\t0\nSo ""Bad.  "\t0\n',
    );
    assert.deepEqual(
      rows.map(({ text, label }) => `${label} ${text}`),
      ["positive Fine.", "positive Looks great and is strong.", 'negative A "b", c', 'negative So "Bad.  "'],
    );
    for (const bad of ["no tab 1", "\t1", "text\t2", '""\t0'])
      assert.throws(() => parseSentiment(`Good.\t1\n${bad}`), /line 2: a sentence, a tab and 0 or 1/);
  });

  it("sms: 5,574 messages with their labels", () => {
    const rows = loadSms();
    assert.deepEqual(counts(rows), { ham: 4827, spam: 747 });
    assert.deepEqual(rows[1], { label: "ham", text: "Ok lar... Joking wif u oni..." });
    assert.deepEqual(parseSms("ham\thi  \nspam\twin\tnow"), [
      { label: "ham", text: "hi" },
      { label: "spam", text: "win\tnow" },
    ]);
    assert.throws(() => parseSms("ham\tx\negg\ty"), /line 2: "ham" or "spam".*egg/);
    assert.throws(() => parseSms("ham\t "), /line 1/);
  });

  it("banking: 77 intents, 30 to learn and 40 to test each, no question in both", () => {
    const { labels, train, test } = loadBanking();
    assert.equal(labels.length, 77);
    assert.deepEqual(counts(train), Object.fromEntries(labels.map((label) => [label, 30])));
    assert.deepEqual(counts(test), Object.fromEntries(labels.map((label) => [label, 40])));
    assert.equal(distinctTexts(train).length, train.length);
    assert.equal(distinctTexts([...train, ...test]).length, train.length + distinctTexts(test).length);
    assert.ok([...train, ...test].every(({ text }) => text === text.trim()));
    const parse = (csv: string) => parseBanking(csv, ["a", "b"]);
    assert.deepEqual(parse('text,category\n" x, y\n",a'), [{ text: "x, y", label: "a" }]);
    assert.throws(() => parse("text,category\nhi,a\nho,c"), /row 3: a text and one of 2 categories.*ho,c/);
    assert.throws(() => parse("text,category\nhi,a,b"), /row 2/);
    assert.throws(() => parse("category,text\na,hi"), /heading text,category/);
    assert.throws(() => parse(""), /heading/);
  });

  it("gsm8k: short problems, whose last equation mostly gives the answer", () => {
    const { train, test } = loadGsm8k();
    assert.deepEqual([train.length, test.length], [100, 696]);
    assert.ok([...train, ...test].every(({ steps }) => steps.length >= 1 && steps.length <= 3));
    assert.ok([...train, ...test].every(({ answer, steps }) => Number.isFinite(answer) && !steps.join().includes("<<"))); // prettier-ignore
    const agree = test.filter(
      ({ equations, answer }) => Number(equations.at(-1)?.split("=").at(-1)) === answer,
    );
    assert.ok(agree.length > 0.9 * test.length, `${agree.length} of ${test.length}`);
    assert.deepEqual(train[0], {
      question:
        "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. " +
        "How many clips did Natalia sell altogether in April and May?",
      steps: [
        "Natalia sold 48/2 = 24 clips in May.",
        "Natalia sold 48+24 = 72 clips altogether in April and May.",
      ],
      equations: ["48/2=24", "48+24=72"],
      answer: 72,
    });
  });

  it("gsm8k: numbers with commas and signs, and what is wrong with a line", () => {
    const line = (answer: string): string => JSON.stringify({ question: "How many?", answer });
    const answers = ["#### 1,450,000", "#### -10", "#### 2.5"].map(
      (end) => parseGsm8k(line(`x\n${end}`))[0]!.answer,
    );
    assert.deepEqual(answers, [1_450_000, -10, 2.5]);
    assert.throws(
      () => parseGsm8k(`${line("#### 1")}\n${line("no end")}`),
      /line 2: the answer must end with "#### "/,
    );
    assert.throws(() => parseGsm8k(line("#### many")), /line 1/);
    assert.throws(() => parseGsm8k("{"), /line 1: no JSON/);
    for (const bad of ["null", "3", '{"question":"q"}', '{"question":" ","answer":"#### 1"}'])
      assert.throws(() => parseGsm8k(bad), /line 1: texts "question" and "answer"/);
  });
});

describe("data: CSV", () => {
  it("gives any table back that is written by the rules", () => {
    const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "ä"), maxLength: 6 });
    const quoted = (text: string): string =>
      /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        (rows, end, last) => {
          // Without a line end after it, a row of one empty field cannot be told from no row.
          const open = !last && rows.at(-1)?.join("|") !== "";
          const text =
            rows.map((row) => row.map(quoted).join(",")).join(end) + (rows.length > 0 && !open ? end : "");
          assert.deepEqual(parseCsv(text), rows);
        },
      ),
    );
  });

  it("names the line of a wrong quote", () => {
    assert.throws(() => parseCsv('a\nb,"c'), /line 2: a quote is opened/);
    assert.throws(() => parseCsv('a\nb"c'), /line 2: a quote inside a field/);
    assert.throws(() => parseCsv('"a"b\n'), /line 1: after a closing quote/);
  });
});

describe("data: stratified split", () => {
  const rows: LabelledText[] = [
    ...Array.from({ length: 10 }, (_, i) => ({ text: `good ${i}`, label: "positive" })),
    ...Array.from({ length: 30 }, (_, i) => ({ text: `bad ${i}`, label: "negative" })),
  ];

  it("by hand: 10 and 30 rows, a fifth of each to the test, every row once", () => {
    const { train, test } = stratifiedSplit(rows, 0.2, makeRng(1));
    assert.deepEqual(counts(test), counts([...rows.slice(0, 2), ...rows.slice(10, 16)]));
    assert.deepEqual(new Set([...train, ...test]), new Set(rows));
    assert.equal(train.length + test.length, 40);
  });

  it("the same seed gives the same parts, another seed others; labels are mixed", () => {
    const split = (seed: number) => stratifiedSplit(rows, 0.5, makeRng(seed));
    assert.deepEqual(split(3), split(3));
    assert.notDeepEqual(split(3).test, split(4).test);
    assert.notDeepEqual(
      split(3).test.map(({ label }) => label),
      split(3).test.map(({ label }) => label).sort(), // prettier-ignore
    );
  });

  it("rows without repeats: the share is met to the row", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(), (share, seed) => {
        const { test } = stratifiedSplit(rows, share, makeRng(seed));
        const wanted = (n: number): number => Math.min(n - 1, Math.max(1, Math.round(share * n)));
        assert.deepEqual([counts(test).positive, counts(test).negative], [wanted(10), wanted(30)]);
      }),
    );
  });

  it("any rows: each once, both parts of every label, none of its texts in both", () => {
    const anyRow = fc.record({ text: fc.constantFrom("a", "A ", " b", "c", "d", "e", "f"), label: fc.constantFrom("x", "y") }); // prettier-ignore
    fc.assert(
      fc.property(
        fc.array(anyRow, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.nat(),
        (list, share, seed) => {
          const key = ({ text, label }: LabelledText): string => `${label} ${text.trim().toLowerCase()}`;
          for (const label of new Set(list.map((row) => row.label)))
            fc.pre(new Set(list.filter((row) => row.label === label).map(key)).size > 1);
          const { train, test } = stratifiedSplit(list, share, makeRng(seed));
          const sorted = (some: readonly LabelledText[]): string[] =>
            some.map((row) => JSON.stringify(row)).sort();
          assert.deepEqual(sorted([...train, ...test]), sorted(list));
          const inTest = new Set(test.map(key));
          assert.ok(!train.some((row) => inTest.has(key(row))));
          for (const label of new Set(list.map((row) => row.label))) {
            assert.ok(train.some((row) => row.label === label) && test.some((row) => row.label === label));
          }
        },
      ),
    );
  });

  it("keeps repeated messages of the SMS set together, and shares within half a percent", () => {
    const sms = loadSms();
    const { train, test } = stratifiedSplit(sms, 0.3, makeRng(0));
    assert.equal(train.length + test.length, 5574);
    assert.ok(
      Math.abs(counts(test).spam! / 747 - 0.3) < 0.005 && Math.abs(counts(test).ham! / 4827 - 0.3) < 0.005,
    );
    const known = new Set(train.map(({ text, label }) => `${label} ${text}`));
    assert.equal(test.filter(({ text, label }) => known.has(`${label} ${text}`)).length, 0);
    assert.ok(sms.length - distinctTexts(sms).length > 300, "repeats are there to be kept together");
  });

  it("distinctTexts keeps the first of a text", () => {
    const list = [{ text: "Hi  there" }, { text: "ho" }, { text: " hi there" }];
    assert.deepEqual(distinctTexts(list), list.slice(0, 2));
  });

  it("bad input names the field", () => {
    for (const share of [0, 1, -1, NaN])
      assert.throws(() => stratifiedSplit(rows, share, makeRng(0)), /share must lie between 0 and 1/);
    assert.throws(() => stratifiedSplit([], 0.5, makeRng(0)), /no rows/);
    const single = [...rows, { text: "Meh", label: "neutral" }, { text: "meh ", label: "neutral" }];
    assert.throws(() => stratifiedSplit(single, 0.5, makeRng(0)), /label "neutral" has one text/);
  });
});
