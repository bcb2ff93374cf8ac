/** How a section's pieces are cut into slides. Pure: heights come from the page, so a test can give its own. */
export interface Piece {
  /** In the stage's pixels. */
  readonly height: number;
  /** A figure can give way to what stands with it, down to this height. */
  readonly least?: number;
  /** A smaller heading begins a slide. */
  readonly begins?: boolean;
  /** It says what comes next, and does not stand last on a slide. */
  readonly leads?: boolean;
}

/**
 * The pieces of each slide, in order: as many as fit into `room`, where one figure a slide may give way. A piece that is
 * taller than the room has a slide of its own (the page shrinks it).
 * @param gap between two pieces
 */
export function cut<T extends Piece>(pieces: readonly T[], room: number, gap: number): T[][] {
  const slides: T[][] = [];
  let slide: T[] = [];
  const end = (): void => {
    if (slide.length > 0) slides.push(slide);
    slide = [];
  };
  for (const piece of pieces) {
    if (piece.begins && slide.some((one) => !one.begins)) end();
    else if (slide.length > 0 && !fits([...slide, piece], room, gap)) {
      // Those that lead to this piece go with it, unless they would fill its slide, too.
      const leaders: T[] = [];
      while (slide.length > 1 && slide.at(-1)!.leads) leaders.unshift(slide.pop()!);
      const together = fits([...leaders, piece], room, gap);
      if (!together) slide.push(...leaders);
      end();
      if (together) slide.push(...leaders);
    }
    slide.push(piece);
  }
  end();
  return slides;
}

/** Whether they stand on one slide, at most one of them made smaller. */
function fits(pieces: readonly Piece[], room: number, gap: number): boolean {
  const height = pieces.reduce((sum, piece) => sum + piece.height, gap * (pieces.length - 1));
  const spare = Math.max(...pieces.map((piece) => piece.height - (piece.least ?? piece.height)));
  return height - spare <= room;
}
