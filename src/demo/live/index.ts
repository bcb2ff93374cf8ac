/** Models that run in the page: none yet. */
export interface LiveWidget {
  readonly id: string;
  /** "07" */
  readonly chapter: string;
  readonly title: string;
  /** Markdown. */
  readonly intro: string;
  /** The chapter's heading after whose section it stands; without it, at the end. */
  readonly after?: string;
  /** HTML of the first result, computed at build by the same library code. */
  cached(root: string): Promise<string>;
  /** Scripts under assets/ that it loads when it goes live. */
  readonly assets: readonly string[];
}

export const liveWidgets: readonly LiveWidget[] = [];

/** Writes what the widgets need into out/assets. */
export async function buildLive(
  root: string,
  out: string,
  onProgress?: (line: string) => void,
): Promise<void> {
  if (liveWidgets.length > 0) onProgress?.(`${root}: widgets for ${out}`);
}
