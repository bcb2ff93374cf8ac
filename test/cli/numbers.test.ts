import assert from "node:assert/strict";
import { number, seconds, whole } from "../../src/cli/numbers";

describe("numbers of the command line", () => {
  const cases: [
    name: string,
    read: (text: string) => number,
    good: string[],
    bad: string[],
    message: RegExp,
  ][] = [
    [
      "whole(1)",
      whole(1),
      ["1", "20"],
      ["0", "1.5", "", " ", "x", "1e999", "NaN"],
      /a whole number from 1\./,
    ],
    ["whole(1, 8)", whole(1, 8), ["1", "8"], ["9", "0"], /a whole number from 1 to 8\./],
    ["number", number, ["-2.5", "0", "1e-3"], ["", "x", "Infinity", "1,5"], /must be a number\./],
    [
      "seconds()",
      seconds(),
      ["0.5", "86400"],
      ["0", "-1", "", "86401", "soon"],
      /above 0 and at most 86400\./,
    ],
    ["seconds(60)", seconds(60), ["60"], ["61"], /above 0 and at most 60\./],
  ];
  for (const [name, read, good, bad, message] of cases) {
    it(`${name} takes ${good.join(", ")} and refuses the rest by name`, () => {
      for (const text of good) assert.equal(read(text), Number(text));
      for (const text of bad)
        assert.throws(() => read(text), { code: "commander.invalidArgument", message }, text);
    });
  }
});
