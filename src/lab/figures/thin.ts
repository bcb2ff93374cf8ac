export interface Point {
  readonly x: number;
  readonly y: number;
  /** The ends of its interval. */
  readonly low?: number;
  readonly high?: number;
}

/** How many points of a line are drawn: more than a projector has columns. */
export const maxPoints = 2000;

/**
 * Largest-triangle-three-buckets (S. Steinarsson, "Downsampling Time Series for Visual Representation", 2013,
 * section 4.2): keeps the first and the last point, and of each bucket between them the point that spans the
 * largest triangle with the point kept before and the mean of the next bucket. Peaks survive, which they
 * would not if every n-th point were taken. Returns the points as they are where there are `max` or fewer.
 */
export function thin(points: readonly Point[], max = maxPoints): readonly Point[] {
  const n = points.length;
  const first = points[0];
  const last = points[n - 1];
  if (n <= max || max < 3 || !first || !last) return points;
  const size = (n - 2) / (max - 2);
  const kept: Point[] = [first];
  let before = first;
  for (let bucket = 0; bucket < max - 2; bucket++) {
    const from = 1 + Math.floor(bucket * size);
    const to = 1 + Math.floor((bucket + 1) * size);
    const mean = meanPoint(points, to, Math.min(n, 1 + Math.floor((bucket + 2) * size)));
    let best = points[from] ?? last;
    let bestArea = -1;
    for (let i = from; i < to; i++) {
      const p = points[i];
      if (!p) continue;
      const area = Math.abs((before.x - mean.x) * (p.y - before.y) - (before.x - p.x) * (mean.y - before.y));
      if (area > bestArea) [best, bestArea] = [p, area];
    }
    kept.push(best);
    before = best;
  }
  kept.push(last);
  return kept;
}

function meanPoint(points: readonly Point[], from: number, to: number): Point {
  let x = 0;
  let y = 0;
  for (let i = from; i < to; i++) {
    x += points[i]?.x ?? 0;
    y += points[i]?.y ?? 0;
  }
  return { x: x / (to - from), y: y / (to - from) };
}
