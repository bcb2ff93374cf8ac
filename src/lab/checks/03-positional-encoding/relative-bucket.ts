import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

type Args = [distance: number, buckets: number, maxDistance: number, bidirectional: boolean];

interface Change {
  readonly later?: (distance: number) => boolean;
  readonly side?: (buckets: number, bidirectional: boolean) => number;
  readonly exact?: (side: number) => number;
  readonly whole?: (value: number) => number;
  readonly capped?: boolean;
  readonly oneWay?: (distance: number) => number;
}

/** Where a far distance lies among the buckets of its side, before it is made whole. */
const far = (distance: number, exact: number, side: number, maxDistance: number): number =>
  exact + (Math.log(distance / exact) / Math.log(maxDistance / exact)) * (side - exact);

function bucket([distance, buckets, maxDistance, bidirectional]: Args, change: Change = {}): number {
  const { later = (d) => d > 0, whole = Math.floor, capped = true } = change;
  const side = (change.side ?? ((n, both) => (both ? Math.floor(n / 2) : n)))(buckets, bidirectional);
  const exact = (change.exact ?? ((n) => Math.floor(n / 2)))(side);
  const start = bidirectional && later(distance) ? side : 0;
  const apart = bidirectional ? Math.abs(distance) : (change.oneWay ?? ((d) => Math.max(0, -d)))(distance);
  if (apart < exact) return start + apart;
  const place = whole(far(apart, exact, side, maxDistance));
  return start + (capped ? Math.min(side - 1, place) : place);
}

const right = (...args: Args): number => bucket(args);

const by = (message: string, change: Change): Wrong<Args> => ({
  message,
  answer: (...args) => bucket(args, change),
});

const wrong: readonly Wrong<Args>[] = [
  by("The two sides are swapped: keys AFTER the query (distance > 0) get the upper half of the buckets.", {
    later: (d) => d < 0,
  }),
  by("Distance 0 belongs to the lower half: only distance > 0 adds the offset.", { later: (d) => d >= 0 }),
  by("With both directions each side has only HALF of the buckets. Halve them before anything else.", {
    side: (n) => n,
  }),
  by("The last bucket takes all that is farther away. Without Math.min the number grows beyond the table.", {
    capped: false,
  }),
  by(
    "Far distances were rounded to the nearest bucket. The bucket is cut down to a whole number: Math.floor.",
    {
      whole: Math.round,
    },
  ),
  by("Far distances were rounded up. The bucket is cut down to a whole number: Math.floor.", {
    whole: Math.ceil,
  }),
  by("In one direction only, keys after the query count as distance 0 (the mask hides them anyway).", {
    oneWay: Math.abs,
  }),
  by("In one direction only, the distance is that of EARLIER keys: -distance, and 0 for later ones.", {
    oneWay: (d) => Math.max(0, d),
  }),
  {
    message:
      "Each distance got a bucket of its own up to the last. Only the first half is exact; the rest is logarithmic.",
    answer: (distance, buckets, _, bidirectional) => {
      const side = bidirectional ? Math.floor(buckets / 2) : buckets;
      const apart = bidirectional ? Math.abs(distance) : Math.max(0, -distance);
      return (bidirectional && distance > 0 ? side : 0) + Math.min(side - 1, apart);
    },
  },
];

/** At the very edge of a bucket the last digit of a logarithm decides; such distances are not asked. */
function isClear([distance, buckets, maxDistance, bidirectional]: Args): boolean {
  const side = bidirectional ? Math.floor(buckets / 2) : buckets;
  const exact = Math.floor(side / 2);
  const apart = Math.abs(distance);
  const place = far(Math.max(apart, 1), exact, side, maxDistance);
  return apart <= exact || Math.abs(place - Math.round(place)) > 1e-6;
}

const near = [-3, -1, 0, 1, 2, 7];
const hand: readonly Args[] = [
  ...near.map((d): Args => [d, 32, 128, true]),
  ...near.map((d): Args => [d, 32, 128, false]),
];
const away: readonly Args[] = [
  ...[-8, -9, -13, -25, -40, -70, -127, -1000, 9, 13, 25, 70, 1000].map((d): Args => [d, 32, 128, true]),
  ...[-16, -17, -20, -50, -100, -127, -5000, 20, 300].map((d): Args => [d, 32, 128, false]),
];

function randomCase(random: Random): Args {
  const bidirectional = random.next() < 0.5;
  const args = (): Args => [
    random.int(-150, 150),
    random.pick([8, 16, 32, 64]),
    random.pick([64, 100, 128]),
    bidirectional,
  ];
  let made = args();
  while (!isClear(made)) made = args();
  return made;
}

export const relativeBucket: Exercise = {
  id: "relative-bucket",
  fn: "relativeBucket",
  title: "T5's buckets",
  difficulty: 3,
  importance: 3,
  minutes: 15,
  hints: [
    "First settle the side: how many buckets has it, where do they begin, and how far is the key? Then one `if`: near or far.",
    [
      "both directions: side = buckets / 2, start = side if distance > 0 else 0, apart = |distance|",
      "one direction:   side = buckets,     start = 0,                           apart = max(0, -distance)",
      "exact = floor(side / 2)",
      "apart < exact: start + apart",
      "otherwise: start + min(side - 1, exact + floor(log(apart / exact) / log(maxDistance / exact) * (side - exact)))",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN|Infinity/, help: "log(0): the logarithm is only for far distances, apart >= exact." },
    { see: /grows beyond/, help: "Math.min(side - 1, ...) before the start is added." },
  ],
  checks: [
    {
      id: "near",
      title: "by hand: near keys, on both sides",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong }),
    },
    {
      id: "far",
      title: "far keys share buckets",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: away.filter(isClear), expected: right, wrong }),
    },
    {
      id: "random",
      title: "200 random distances and sizes",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 200 }, () => randomCase(t.random)),
          expected: right,
          wrong,
        }),
    },
  ],
};
