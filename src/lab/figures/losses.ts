import type { TrainRecord } from "../../train";
import type { Figure } from "../figure";
import { linePlot } from "./plots";
import type { Reference } from "./xy";

export interface LossOptions {
  readonly title?: string;
  /** Known losses as dashed lines: a paper's, ln of the vocabulary's size. */
  readonly references?: readonly Reference[];
}

/** What of a record is drawn. */
export type LossRecord = Pick<TrainRecord, "step" | "loss" | "validation">;

/** The losses of a run by step: each batch's before its update, and the validation loss where it was taken. */
export function lossFigure(records: readonly LossRecord[], options: LossOptions = {}): Figure {
  const { title = "Loss while it trains", references } = options;
  const judged = records.filter(({ validation }) => validation !== undefined);
  const batch = { name: "batch", x: records.map(({ step }) => step), y: records.map(({ loss }) => loss) };
  const validation = {
    name: "validation",
    x: judged.map(({ step }) => step),
    y: judged.map(({ validation }) => validation as number),
  };
  return linePlot(judged.length > 0 ? [batch, validation] : [batch], {
    title,
    x: "step",
    y: "loss (nats)",
    ...(references ? { references } : {}),
  });
}
