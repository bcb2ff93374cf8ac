/**
 * A figure is plain data: every form in which a front end may draw it, from richest to plainest.
 * Functions that make figures are pure; `show` (display.ts) sends one to the notebook.
 */
export interface Figure {
  /** One or more lines of plain text with the figure's message: terminals, screen readers, tests. */
  readonly text: string;
  /** A whole <svg> element. Shown as an image: it needs no script and no trust. */
  readonly svg?: string;
  /** Interactive HTML. Must stay readable where scripts are cut out (an untrusted notebook). */
  readonly html?: string;
  /** A Plotly figure, for `application/vnd.plotly.v1+json`. */
  readonly plotly?: PlotlyFigure;
}

export interface PlotlyFigure {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
}
