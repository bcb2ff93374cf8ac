import type { Extension, LateRule } from "./policy";

const DAY_MS = 86_400_000;

/** How late a lab was handed in, and what that costs. */
export interface Lateness {
  /** Days after the deadline, extensions included; not rounded. */
  readonly days: number;
  /** 0 to 100. */
  readonly percent: number;
  /** The deadline that held for this learner (ISO 8601). */
  readonly deadline: string;
}

/**
 * The deadline for one learner: the latest of those that extensions give. Never earlier than `deadline`.
 * @param deadline milliseconds since 1970
 */
export function extended(deadline: number, extensions: readonly Extension[], lab: string): number {
  const given = extensions
    .filter(({ labs }) => labs === undefined || labs.includes(lab))
    .map(({ days = 0, until }) => (until === undefined ? deadline + days * DAY_MS : Date.parse(until)));
  return Math.max(deadline, ...given);
}

/** Undefined for what is in time, the grace included. Times in milliseconds since 1970. */
export function lateness(handedIn: number, deadline: number, rule: LateRule): Lateness | undefined {
  const delay = handedIn - deadline;
  if (delay <= 60_000 * (rule.graceMinutes ?? 0)) return undefined;
  const days = delay / DAY_MS;
  return { days, percent: percentOf(days, rule), deadline: new Date(deadline).toISOString() };
}

function percentOf(days: number, { perDay = 0, steps, cap = 100, noCreditAfterDays }: LateRule): number {
  if (noCreditAfterDays !== undefined && days > noCreditAfterDays) return 100;
  const step = steps?.filter(({ afterDays }) => days > afterDays).at(-1)?.percent ?? 0;
  const percent = steps === undefined ? perDay * Math.ceil(days) : step;
  return Math.min(percent, cap, 100);
}

/** The points that are taken off: never more than were earned. */
export const deduction = (earned: number, max: number, percent: number, of: LateRule["of"]): number =>
  Math.min(earned, ((of === "max" ? max : earned) * percent) / 100);
