import { compare, select, topK } from "../hlo";
import type { Value } from "../trace";
import { like } from "./elementwise";
import { rule } from "./registry";

/** The k largest of each row and their places, the first of equals first. NaN counts as the largest. */
rule<{ x: Value }, { k: number }>("TopK", ({ x }, { k }) => {
  // XLA orders -0 before 0, but they are equal.
  return topK(x.type === "f32" ? select(compare("EQ", x, like(x, 0)), like(x, 0), x) : x, k);
});
