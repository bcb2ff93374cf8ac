import assert from "node:assert/strict";
import fc from "fast-check";
import { formatNumber, formatShort, round } from "../../../src/lab/figures/numbers";
import {
  contrast,
  dark,
  diverging,
  light,
  luminance,
  scaleColor,
  sequential,
} from "../../../src/lab/figures/theme";
import { thin, type Point } from "../../../src/lab/figures/thin";
import { linearScale, logScale } from "../../../src/lab/figures/ticks";
import { alignText, columns, sparkline } from "../../../src/lab/figures/width";

describe("numbers in figures", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [1234567, "1,234,567"],
    [-1234.5, "−1,235"],
    [0.000123, "0.000123"],
    [3.14159, "3.142"],
    [999.96, "1,000"],
    [1.5e-9, "1.5e−9"],
    [2e18, "2e18"],
    [NaN, "not a number"],
    [-Infinity, "−∞"],
  ];
  for (const [value, text] of cases)
    it(`${value} is written ${text}`, () => assert.equal(formatNumber(value), text));

  it("axes shorten large numbers", () => {
    assert.deepEqual([1500, 20000, 1.5e6, 2e9, 0.25].map(formatShort), [
      "1,500",
      "20k",
      "1.5M",
      "2B",
      "0.25",
    ]);
  });

  it("rounding keeps six digits, and what is not finite as it is", () => {
    assert.equal(round(1 / 3), 0.333333);
    assert.equal(round(NaN), NaN);
  });
});

describe("ticks", () => {
  const range = fc
    .tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ min: 1e-6, max: 1e9, noNaN: true }))
    .map(([low, span]): [number, number] => [low, low + span])
    // Closer than a double's step can tell apart, there are no round values between.
    .filter(([low, high]) => high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)));

  it("a linear scale covers the data with 2 to 13 rising ticks, and maps its ends to 0 and 1", () => {
    fc.assert(
      fc.property(range, ([low, high]) => {
        const scale = linearScale(low, high);
        const slack = (high - low) * 1e-6;
        assert.ok(scale.min <= low + slack && scale.max >= high - slack);
        assert.ok(scale.ticks.length >= 2 && scale.ticks.length <= 13, String(scale.ticks));
        scale.ticks.forEach((tick, i) => assert.ok(i === 0 || tick > (scale.ticks[i - 1] ?? tick)));
        assert.equal(scale.at(scale.min), 0);
        assert.equal(scale.at(scale.max), 1);
      }),
    );
  });

  it("ticks are round", () => {
    assert.deepEqual(linearScale(0.1, 0.93).ticks, [0, 0.2, 0.4, 0.6, 0.8, 1]);
    assert.deepEqual(linearScale(3, 3).ticks.includes(3), true);
    assert.deepEqual(logScale(256, 50257).ticks, [300, 1000, 3000, 10000, 30000]);
    assert.deepEqual(logScale(1e-6, 1e6).ticks.length, 7);
  });

  it("a logarithmic scale maps equal ratios to equal steps", () => {
    const { at } = logScale(1, 1000);
    assert.ok(Math.abs(at(10) - 1 / 3) < 1e-12 && Math.abs(at(100) - 2 / 3) < 1e-12);
  });
});

describe("thinning", () => {
  const line = (n: number, f: (i: number) => number): Point[] =>
    Array.from({ length: n }, (_, x) => ({ x, y: f(x) }));

  it("keeps at most the asked number, the ends, the order, and only points of the line", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 400 }),
        fc.integer({ min: 3, max: 50 }),
        (ys, max) => {
          const points = ys.map((y, x) => ({ x, y }));
          const kept = thin(points, max);
          assert.equal(kept.length, Math.min(points.length, max));
          assert.equal(kept[0], points[0]);
          assert.equal(kept[kept.length - 1], points[points.length - 1]);
          kept.forEach((p, i) => {
            assert.equal(p, points[p.x]);
            assert.ok(i === 0 || p.x > (kept[i - 1]?.x ?? -1));
          });
        },
      ),
    );
  });

  it("keeps a single spike that every n-th point would lose", () => {
    const kept = thin(
      line(100_000, (x) => (x === 33_333 ? 50 : Math.sin(x / 900))),
      2000,
    );
    assert.ok(kept.some((p) => p.x === 33_333));
  });

  it("follows the definition: each point spans the largest triangle", () => {
    // Buckets {1, 2} and {3, 4}: from (0,0) and the mean (3.5, 0) the larger triangle is at x = 2, and so on.
    const kept = thin(
      [0, 1, -3, 2, -2, 0].map((y, x) => ({ x, y })),
      4,
    );
    assert.deepEqual(
      kept.map((p) => p.x),
      [0, 2, 3, 5],
    );
  });
});

describe("the theme", () => {
  for (const [name, palette] of Object.entries({ light, dark })) {
    it(`${name}: text has a contrast of 4.5:1 on every ground, lines and states 3:1`, () => {
      for (const ground of [palette.paper, palette.tint]) {
        for (const text of [palette.ink, palette.soft, palette.good, palette.half, palette.bad]) {
          assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}: ${contrast(text, ground)}`);
        }
      }
      assert.ok(contrast(palette.ink, palette.glow) >= 4.5);
      for (const color of [...palette.series, palette.accent, palette.line]) {
        assert.ok(contrast(color, palette.paper) >= 3, `${color}: ${contrast(color, palette.paper)}`);
      }
    });

    it(`${name}: the first four series stay apart for every kind of colour vision`, () => {
      for (const [vision, matrix] of Object.entries(colourVision)) {
        palette.series.slice(0, 4).forEach((a, i) =>
          palette.series.slice(0, i).forEach((b) => {
            const apart = distance(seen(a, matrix), seen(b, matrix));
            assert.ok(apart >= 0.1, `${a} and ${b} for ${vision}: ${apart.toFixed(3)}`);
          }),
        );
      }
    });
  }

  it("colour scales run from dark to light and, diverging, from both ends to the middle", () => {
    const steps = Array.from({ length: 21 }, (_, i) => i / 20);
    const rising = steps.map((t) => luminance(scaleColor(sequential, t)));
    rising.forEach((l, i) => assert.ok(i === 0 || l > (rising[i - 1] ?? 0)));
    assert.equal(scaleColor(diverging, 0.5), "#f4f4f2");
    assert.equal(scaleColor(sequential, -1), sequential[0]);
    assert.equal(scaleColor(sequential, 7), sequential[sequential.length - 1]);
  });
});

/** Machado, Oliveira, Fernandes 2009, table for severity 1, on linear RGB. */
const colourVision: Readonly<Record<string, readonly (readonly number[])[]>> = {
  "full colour vision": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** A colour in OKLab (B. Ottosson 2020) as an eye with this vision sees it. */
function seen(color: string, matrix: readonly (readonly number[])[]): number[] {
  const rgb = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255);
  const linear = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const times = (m: readonly (readonly number[])[], v: readonly number[]): number[] =>
    m.map((row) => row.reduce((sum, w, i) => sum + w * (v[i] ?? 0), 0));
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    times(matrix, linear).map((v) => Math.max(0, v)),
  ).map(Math.cbrt);
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms,
  );
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((v, i) => v - (b[i] ?? 0)));

describe("text widths", () => {
  it("counts wide characters as two columns and marks as none", () => {
    assert.deepEqual(["abc", "天地", "e\u0301", "😀", "👩‍🔬"].map(columns), [3, 4, 1, 2, 2]);
  });

  it("aligns columns, numbers to the right", () => {
    assert.equal(
      alignText(
        [
          ["天", "7"],
          ["abc", "10"],
        ],
        [false, true],
      ),
      "天    7\nabc  10",
    );
  });

  it("draws a line of blocks, with a gap where there is no number", () => {
    assert.equal(sparkline([0, 1, 2, 3, NaN, 7]), "▁▂▃▄ █");
    assert.equal(sparkline([5, 5]), "▄▄");
    assert.equal(sparkline([]), "");
    assert.equal(sparkline(Array.from({ length: 999 }, (_, i) => i)).length, 40);
  });
});
