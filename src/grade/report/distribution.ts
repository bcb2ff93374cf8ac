import { fillOf, font, svgDocument, svgLine, svgText } from "../../lab/figures/svg";

export const BINS = 10;

/** How many of these per cent (0 to 100) lie in each tenth; 100 counts to the last. */
export function tenths(percents: readonly number[]): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const percent of percents) counts[Math.min(BINS - 1, Math.floor(percent / (100 / BINS)))]!++;
  return counts;
}

/** How a class's results are spread, as a whole <svg>: ten columns with their counts, and a line at the pass mark. */
export function distributionSvg(percents: readonly number[], passMark?: number): string {
  const counts = tenths(percents);
  const [width, height, left, top, bottom] = [1120, 270, 24, 52, 216];
  const step = (width - 2 * left) / BINS;
  const most = Math.max(1, ...counts);
  const parts: string[] = [];
  counts.forEach((count, i) => {
    const tall = ((bottom - top) * count) / most;
    const x = left + i * step;
    if (count > 0) {
      parts.push(
        `<rect x="${x + 3}" y="${(bottom - tall).toFixed(1)}" width="${step - 6}" height="${tall.toFixed(1)}" rx="3" ${fillOf(0)}/>`,
        svgText(x + step / 2, bottom - tall - 8, String(count), {
          size: font.label,
          anchor: "middle",
          bold: true,
        }),
      );
    }
  });
  for (let i = 0; i <= BINS; i++)
    parts.push(
      svgText(left + i * step, bottom + 20, String((100 / BINS) * i), {
        size: font.tick,
        anchor: "middle",
        tone: "soft",
      }),
    );
  parts.push(svgLine(left, bottom, width - left, bottom, "axis"));
  if (passMark !== undefined) {
    const x = left + (passMark / 100) * BINS * step;
    parts.push(
      svgLine(x, 24, x, bottom, "ref"),
      svgText(x + (passMark > 80 ? -6 : 6), 20, `pass mark ${passMark} %`, {
        size: font.tick,
        tone: "soft",
        anchor: passMark > 80 ? "end" : "start",
        halo: true,
      }),
    );
  }
  parts.push(
    svgText(width / 2, bottom + 42, "per cent of the points", {
      size: font.tick,
      anchor: "middle",
      tone: "soft",
    }),
  );
  const desc = counts
    .map((count, i) => `${(100 / BINS) * i} to ${(100 / BINS) * (i + 1)} per cent: ${count}`)
    .join(", ");
  return svgDocument({
    width,
    height,
    title: "Learners by per cent of the points",
    desc,
    body: parts.join(""),
  });
}
