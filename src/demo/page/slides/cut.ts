/** How a section's pieces are cut into slides. Pure: heights come from the page, so a test can give its own. */
export interface Piece {
  /** In the stage's pixels. */
  readonly height: number;
  /** A smaller heading begins a slide. */
  readonly begins?: boolean;
  /** It says what comes next, and does not stand last on a slide. */
  readonly leads?: boolean;
}

/**
 * The pieces of each slide, in order: as many as fit into `room`, each at least once. A piece that is taller than the
 * room has a slide of its own (the page shrinks it).
 * @param gap between two pieces
 */
export function cut<T extends Piece>(pieces: readonly T[], room: number, gap: number): T[][] {
  const slides: T[][] = [];
  let slide: T[] = [];
  let height = 0;
  const end = (): void => {
    if (slide.length === 0) return;
    slides.push(slide);
    [slide, height] = [[], 0];
  };
  for (const piece of pieces) {
    const needed = piece.height + (slide.length > 0 ? gap : 0);
    if (piece.begins && slide.some((one) => !one.begins)) end();
    else if (slide.length > 0 && height + needed > room) {
      // Those that lead to this piece go with it, unless they would fill its slide, too.
      const moved: T[] = [];
      while (slide.length > 1 && slide.at(-1)!.leads) moved.unshift(slide.pop()!);
      const led = moved.reduce((sum, one) => sum + one.height + gap, 0);
      if (led + piece.height > room) slide.push(...moved.splice(0));
      end();
      moved.forEach(add);
    }
    add(piece);
  }
  end();
  return slides;

  function add(piece: T): void {
    height += piece.height + (slide.length > 0 ? gap : 0);
    slide.push(piece);
  }
}
