import type { Widget } from "../widget";
import { attentionWidget } from "./attention";
import { nextWidget } from "./next";
import { petWidget } from "./pet";
import { talesWidget } from "./tales";
import { thoughtWidget } from "./thought";
import { tokensWidget } from "./tokens";

/** All widgets, by chapter. */
export const widgets: readonly Widget[] = [
  tokensWidget,
  attentionWidget,
  nextWidget,
  thoughtWidget,
  petWidget,
  talesWidget,
];
