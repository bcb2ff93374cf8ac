import { lossFigure, type LossOptions, type LossRecord } from "./figures/losses";
import { live } from "./live";

/** Milliseconds between two drawings. */
const DRAW_EVERY_MS = 400;

/**
 * A training run with its loss curve, which grows while the run goes on. The records come through as they are:
 *
 *     for await (const { step } of lossCurve(train({ ...config, stop: stopFlag() }))) { ... }
 *
 * In a terminal the curve's text is drawn; where output is a file, once at the end.
 */
export async function* lossCurve<R extends LossRecord>(
  run: AsyncIterable<R>,
  options: LossOptions = {},
): AsyncGenerator<R, void> {
  const records: R[] = [];
  const curve = live();
  let drawn = -Infinity;
  try {
    for await (const record of run) {
      records.push(record);
      if (performance.now() - drawn >= DRAW_EVERY_MS) {
        curve.show(lossFigure(records, options));
        drawn = performance.now();
      }
      yield record;
    }
  } finally {
    if (records.length > 0) curve.show(lossFigure(records, options));
    curve.done();
  }
}
