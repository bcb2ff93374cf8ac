import assert from "node:assert/strict";
import fc from "fast-check";
import { finalResults, findingsOf, planOf, shown, stateOf, type Policy } from "../../src/grade/class";
import { deduction, extended, lateness } from "../../src/grade/class/late";
import { closest, editDistance } from "../../src/grade/class/closest";
import { parsePolicy } from "../../src/grade/class/policy";
import { check, lab, question, submission } from "./class/made";

const DAY = 86_400_000;
const deadline = Date.parse("2026-11-20T23:00:00Z");

describe("late rules", () => {
  it("by hand: grace, started days, cap, no credit", () => {
    const rule = { graceMinutes: 15, perDay: 10, cap: 25, noCreditAfterDays: 7 };
    const cost = (late: number) => lateness(deadline + late, deadline, rule)?.percent ?? 0;
    assert.deepEqual(
      [-1, 0, 15 * 60_000, 15 * 60_000 + 1, DAY, DAY + 1, 2 * DAY + 1, 7 * DAY, 7 * DAY + 1].map(cost),
      [0, 0, 0, 10, 10, 20, 25, 25, 100],
    );
    // After the grace, days count from the deadline.
    assert.equal(lateness(deadline + 1.5 * DAY, deadline, rule)?.days, 1.5);
  });

  it("by hand: steps; what they are of", () => {
    const steps = [{ afterDays: 0, percent: 5 }, { afterDays: 1, percent: 20 }, { afterDays: 3.5, percent: 60 }]; // prettier-ignore
    const cost = (days: number) => lateness(deadline + days * DAY, deadline, { steps })?.percent ?? 0;
    assert.deepEqual([0, 0.1, 1, 1.1, 3.5, 3.6, 400].map(cost), [0, 5, 5, 20, 20, 60, 60]);
    assert.equal(deduction(40, 100, 10, undefined), 4);
    assert.equal(deduction(40, 100, 10, "max"), 10);
    assert.equal(deduction(4, 100, 10, "max"), 4, "never more than was earned");
  });

  it("extensions: days, another date, some labs only, never earlier", () => {
    const of = (...extensions: Parameters<typeof extended>[1]) => extended(deadline, extensions, "01") - deadline;
    assert.equal(of({ days: 1.5 }), 1.5 * DAY);
    assert.equal(of({ until: "2026-11-22T23:00:00Z" }), 2 * DAY);
    assert.equal(of({ until: "2026-11-01T00:00:00Z" }), 0);
    assert.equal(of({ days: 9, labs: ["02"] }), 0);
    assert.equal(of({ days: 1 }, { days: 3, labs: ["01"] }), 3 * DAY);
  }); // prettier-ignore

  it("later never costs less, and nothing costs more than was earned", () => {
    const rule = fc.record({
      graceMinutes: fc.integer({ min: 0, max: 3000 }),
      perDay: fc.double({ min: 0, max: 100, noNaN: true }),
      cap: fc.double({ min: 0, max: 100, noNaN: true }),
      noCreditAfterDays: fc.double({ min: 0, max: 20, noNaN: true }),
    });
    const time = fc.integer({ min: -3 * DAY, max: 30 * DAY });
    fc.assert(
      fc.property(rule, time, time, fc.nat(100), fc.constantFrom("earned" as const, "max" as const), (one, a, b, earned, of) => {
        const cost = (at: number) => deduction(earned, 100, lateness(deadline + at, deadline, one)?.percent ?? 0, of);
        const [early, late] = [cost(Math.min(a, b)), cost(Math.max(a, b))];
        assert.ok(early <= late && late <= earned && early >= 0);
      }),
    ); // prettier-ignore
  });
});

const two = (learner: string, a: number, b: number, c: number, submittedAt?: string) =>
  submission(
    learner,
    [
      lab("01", [
        question("01/one", [check("01/one/x", a, 4)]),
        question("01/two", [check("01/two/x", b, 6)]),
      ]),
      lab("02", [question("02/one", [check("02/one/x", c, 5)])]),
    ],
    submittedAt === undefined ? {} : { submittedAt },
  );

describe("final results", () => {
  it("without a policy the points are those of the checks", () => {
    const { plan, learners } = finalResults([two("b", 4, 3, 0), two("a", 0, 6, 5)]);
    assert.deepEqual([plan.max, plan.labs.map(({ max }) => max)], [15, [10, 5]]);
    assert.deepEqual(
      learners.map(({ learner, points, state }) => [learner, points, state]),
      [
        ["a", 11, "partial"],
        ["b", 7, "partial"],
      ],
    );
    assert.deepEqual(
      learners[1]!.labs.map(({ points, state }) => [points, state]),
      [
        [7, "partial"],
        [0, "fail"],
      ],
    );
  });

  it("by hand: weights of exercises and labs, the total, a mark, lateness, the pass mark", () => {
    const policy: Policy = {
      total: 60,
      passMark: 50,
      deadline: "2026-11-20T23:00:00Z",
      late: { perDay: 10 },
      labs: { "01": { points: 2, exercises: { one: 3, essay: 4 } }, "02": { points: 1, deadline: "2026-12-31T00:00:00Z" } },
      manual: [{ id: "01/essay", title: "Essay", max: 20 }],
    }; // prettier-ignore
    const mark = { learner: "a", question: "01/essay", points: 3 };
    const results = [two("a", 2, 6, 5, "2026-11-22T12:00:00Z"), two("b", 4, 6, 5, "2026-11-20T23:00:00Z")];
    const { plan, learners } = finalResults(results, policy, [mark]);
    // Lab 01 is worth 40 of 60: its 3 + 6 + 4 own points; lab 02 is worth 20.
    assert.deepEqual([plan.max, plan.labs[0]!.max, plan.labs[1]!.max], [60, 40, 20]);
    const [a, b] = learners;
    const near = (got: number, wanted: number) =>
      assert.ok(Math.abs(got - wanted) < 1e-12, `${got}, ${wanted}`);
    near(a!.labs[0]!.earned, (40 * (1.5 + 6 + 3)) / 13);
    near(a!.labs[0]!.late!.deduction, 0.2 * a!.labs[0]!.earned);
    near(a!.points, 0.8 * ((40 * 10.5) / 13) + 20);
    assert.equal(a!.labs[1]!.late, undefined, "lab 02 has a deadline of its own");
    assert.deepEqual([a!.waiting, a!.passed, a!.state], [[], true, "partial"]);
    // b's essay is not marked yet: at least (40 * 9) / 13 + 20, which passes already.
    near(b!.points, (40 * 9) / 13 + 20);
    assert.deepEqual([b!.waiting, b!.passed, b!.state, b!.late], [["01/essay"], true, "manual", 0]);
    assert.deepEqual(b!.labs[0]!.questions[2], {
      id: "01/essay", title: "Essay", own: 4, max: (4 / 13) * 2 * 20, checks: [], output: "",
      by: "nobody", state: "manual", points: 0,
    }); // prettier-ignore
  });

  it("a mark takes the place of what the checks gave; what waits leaves passing open", () => {
    const policy: Policy = { passMark: 60, manual: [{ id: "02/essay", title: "Essay", max: 15 }] };
    const results = [two("a", 4, 6, 0), two("b", 0, 0, 0)];
    const { learners } = finalResults(results, policy, [
      { learner: "a", question: "01/two", points: 2, comment: "copied" },
      { learner: "b", question: "02/essay", points: 15 },
    ]);
    assert.deepEqual([learners[0]!.points, learners[0]!.passed], [6, undefined]);
    assert.equal(learners[0]!.labs[0]!.questions[1]!.state, "partial");
    assert.deepEqual([learners[1]!.points, learners[1]!.passed, learners[1]!.state], [15, false, "partial"]);
  });

  it("what marks and policy name must be there, and the closest is named", () => {
    const results = [two("ana", 4, 6, 5), two("ben", 4, 6, 5)];
    const bad = (policy: Policy, mark?: { learner: string; question: string; points: number }) => () =>
      finalResults(results, policy, mark === undefined ? [] : [mark]);
    assert.throws(bad({}, { learner: "Anna", question: "01/one", points: 1 }), /marks\[0\]: there is no learner "Anna"\. Did you mean "ana"\?/);
    assert.throws(bad({}, { learner: "ana", question: "01/tow", points: 1 }), /no question "01\/tow"\. Did you mean "01\/two"\?/);
    assert.throws(bad({}, { learner: "ana", question: "01/one", points: 5 }), /01\/one has at most 4 points, and this gives 5/);
    assert.throws(bad({ labs: { "03": {} } }), /labs: there is no lab "03" among those graded\. Did you mean "0[12]"\?/);
    assert.throws(bad({ labs: { "01": { exercises: { onee: 3 } } } }), /lab 01 has no exercise "onee"\. Did you mean "one"\?/);
    assert.throws(bad({ manual: [{ id: "07/x", title: "x", max: 1 }] }), /"07\/x" belongs to a lab that was not graded/);
    assert.throws(bad({ labs: { "01": { points: 2, exercises: { one: 0, two: 0 } } } }), /none of the lab's questions counts/);
    assert.throws(() => finalResults([...results, two("ana", 0, 0, 0)]), /two results of "ana"/);
    const { notes } = finalResults(results, { extensions: { bne: { days: 1 } } });
    assert.match(notes.join(), /extensions: nobody of the name "bne" is in\. Did you mean "ben"\?/);
  }); // prettier-ignore

  it("a roster tells who handed nothing in, and who is not in it", () => {
    const of = (policy: Policy) => finalResults([two("ana", 4, 6, 5), two("Ben", 4, 6, 5)], policy);
    const { missing, notes, learners } = of({
      roster: ["zoe", "ben", "ana"],
      extensions: { zoe: { days: 1 } },
    });
    assert.deepEqual(missing, ["ben", "zoe"]);
    assert.deepEqual(notes, [`policy.json: roster: "Ben" is not in it. Did you mean "ben"?`]);
    assert.equal(learners.length, 2, "nothing is graded that is not there");
    assert.deepEqual(of({}).missing, []);
    assert.throws(() => parsePolicy('{"roster": ["ana", "ana"]}'), /roster\[1\]: "ana" is there twice/);
    assert.throws(() => parsePolicy('{"roster": []}'), /roster: name at least one learner/);
  });

  it("nobody's time of handing in: nothing is taken off, and the report says so", () => {
    const policy: Policy = { deadline: "2026-11-20T23:00:00Z", late: { perDay: 50 }, handedIn: { b: "2026-11-21T00:00:00Z" } }; // prettier-ignore
    const [a, b] = finalResults([two("a", 4, 6, 5), two("b", 4, 6, 5)], policy).learners;
    assert.deepEqual([a!.points, a!.late, b!.points, b!.late], [15, 0, 7.5, 7.5]);
    assert.match(a!.problems.join(), /not known when/);
  });

  it("a submission without any lab has every question of the class, and its own state", () => {
    const empty = { ...submission("x", []), state: "error" as const, problems: ["The zip is damaged."] };
    const found = finalResults([two("a", 4, 6, 5), empty]).learners[1]!;
    assert.deepEqual([found.state, found.points, found.max], ["error", 0, 15]);
    assert.deepEqual(
      found.labs.flatMap(({ questions }) => questions.map(({ state }) => state)),
      ["not run", "not run", "not run"],
    );
  });

  it("points add up, stay between 0 and the maximum, and more points never give less", () => {
    const policy = fc.record<Policy>({
      total: fc.double({ min: 1, max: 1000, noNaN: true }),
      labs: fc.record({ "01": fc.record({ points: fc.double({ min: 1, max: 9, noNaN: true }), exercises: fc.record({ one: fc.nat(5), two: fc.integer({ min: 1, max: 5 }) }) }) }),
      deadline: fc.constant("2026-11-20T23:00:00Z"),
      late: fc.record({ perDay: fc.nat(100) }),
    }); // prettier-ignore
    const scores = fc.tuple(fc.nat(4), fc.nat(6), fc.nat(5));
    fc.assert(
      fc.property(policy, scores, scores, fc.nat(12), (one, a, b, day) => {
        const low = a.map((value, i) => Math.min(value, b[i]!)) as [number, number, number];
        const at = new Date(deadline + (day - 6) * DAY).toISOString();
        const [x, y] = finalResults([two("x", ...low, at), two("y", ...a, at)], one).learners;
        for (const { points, max, labs, late } of [x!, y!]) {
          assert.ok(points >= -1e-9 && points <= max + 1e-9);
          const all = labs.flatMap(({ questions }) => questions.map((question) => question.points));
          assert.ok(Math.abs(all.reduce((sum, value) => sum + value, 0) - late - points) < 1e-6);
        }
        assert.ok(x!.points <= y!.points + 1e-9);
        assert.ok(Math.abs(planOf([two("x", ...low)], one).max - one.total!) < 1e-6);
      }),
    );
  });

  it("rounds once, halves up, whatever doubles make of the sums", () => {
    assert.deepEqual([0.1 + 0.2, 1.005, 2.675, 0.125, 99.995, -0.005].map((value) => shown(value)), [0.3, 1.01, 2.68, 0.13, 100, -0.01]); // prettier-ignore
    assert.equal(shown(2.5, 0), 3);
    assert.equal(stateOf([]), "error", "nothing judged is never a pass");
    assert.equal(stateOf(["pass", "manual", "timeout"]), "timeout");
    assert.equal(stateOf(["fail", "not run"]), "fail");
  });
});

describe("what a class found hard", () => {
  it("by hand: failed checks among those who tried, mistakes by learners", () => {
    const wrong = { mistake: "Counted once.", state: "fail" as const };
    const results = [
      submission("a", [lab("01", [question("01/one", [check("01/one/x", 0, 4, wrong), check("01/one/y", 0, 1, wrong)])])]),
      submission("b", [lab("01", [question("01/one", [check("01/one/x", 0, 4, wrong), check("01/one/y", 1, 1)])])]),
      submission("c", [lab("01", [question("01/one", [check("01/one/x", 4, 4), check("01/one/y", 0, 1, { mistake: "Too slow.", hidden: true })])])]),
      submission("d", [lab("01", [question("01/one", [check("01/one/x", 0, 4, { state: "not run" }), check("01/one/y", 0, 1, { state: "not run" })])])]),
    ]; // prettier-ignore
    const { checks, mistakes, questions } = findingsOf(results);
    assert.deepEqual(
      checks.map(({ id, tried, failed }) => [id, tried, failed]),
      [
        ["01/one/x", 3, ["a", "b"]],
        ["01/one/y", 3, ["a", "c"]],
      ],
    );
    assert.deepEqual(mistakes, [
      { mistake: "Counted once.", learners: ["a", "b"], questions: ["01/one"], hidden: false },
      { mistake: "Too slow.", learners: ["c"], questions: ["01/one"], hidden: true },
    ]);
    assert.deepEqual([questions[0]!.mean, questions[0]!.states], [(0 + 1 / 5 + 4 / 5 + 0) / 4, { fail: 2, partial: 2 }]); // prettier-ignore
  });
});

describe("a policy's file", () => {
  it("each error names the place in the file and the cure", () => {
    const bad: [text: string, message: RegExp][] = [
      ['{\n"total": 5,\n}', /policy\.json, line 3: this is no JSON|policy\.json.*JSON/],
      ['{"late": {"perDay": 10}}', /late: a rule for late work needs a deadline/],
      ['{"deadline": "tomorrow"}', /deadline: give a date with its time and zone, such as/],
      ['{"deadline": "2026-11-20T23:59:00Z", "late": {"perDay": 10, "steps": [{"afterDays": 0, "percent": 5}]}}', /late: perDay and steps are two ways/],
      ['{"deadline": "2026-11-20T23:59:00Z", "late": {"steps": [{"afterDays": 2, "percent": 5}, {"afterDays": 1, "percent": 9}]}}', /late\.steps: each step must come after more days/],
      ['{"passmark": 50}', /there is no field "passmark"\. Did you mean "passMark"\?/],
      ['{"labs": {"1": {}}}', /labs\."1": .*a lab is named by its number|labs.*named by its number/],
      ['{"labs": {"01": {"exercises": {"one": -1}}}}', /labs\."01"\.exercises\.one: at least 0 points/],
      ['{"manual": [{"id": "01/a", "title": "A", "max": 3}, {"id": "01/a", "title": "B", "max": 3}]}', /manual\[1\]\.id: "01\/a" is there twice/],
      ['{"extensions": {"ana": {}}}', /extensions\.ana: give either days or until/],
      ['{"passMark": "half"}', /passMark: expected number, received string\./],
    ]; // prettier-ignore
    for (const [text, message] of bad) assert.throws(() => parsePolicy(text), { message }, text);
  });

  it("distances of names", () => {
    assert.deepEqual([editDistance("kitten", "sitting"), editDistance("", "abc"), editDistance("a", "a")], [3, 3, 0]); // prettier-ignore
    assert.equal(closest("x", []), "");
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        assert.equal(editDistance(a, b), editDistance(b, a));
        assert.ok(editDistance(a, b) >= Math.abs(a.length - b.length));
      }),
    );
  });
});
