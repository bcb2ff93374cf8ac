import { checkSchedule } from "../train";
import type { PpoConfig } from "./ppoConfig";

/** @throws RangeError that names the option, what it must be and what came */
export function checkPpo<P>(config: PpoConfig<P>): void {
  const { schedule, model, promptLength, maxNewTokens } = config;
  const whole = (name: keyof PpoConfig<P>, least: number): void => {
    const value = config[name];
    if (!Number.isSafeInteger(value) || (value as number) < least)
      throw new RangeError(`ppo: ${name} must be a whole number from ${least}, got ${String(value)}`);
  };
  whole("promptLength", 1);
  whole("maxNewTokens", 1);
  whole("iterations", 0);
  whole("epochs", 1);
  whole("minibatches", 1);
  if (!(config.beta >= 0)) throw new RangeError(`ppo: beta must be a number from 0, got ${config.beta}`);
  if (promptLength + maxNewTokens > model.context)
    throw new RangeError(
      `ppo: ${promptLength} tokens of a prompt and ${maxNewTokens} of an answer are more than the context of ${model.context}`,
    );
  if (typeof schedule !== "number") checkSchedule(schedule);
  else if (!(schedule > 0 && schedule < Infinity))
    throw new RangeError(`ppo: schedule must be a learning rate above 0 or a schedule, got ${schedule}`);
}
