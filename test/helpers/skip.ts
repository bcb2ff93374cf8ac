/** True on a CI machine, where a test that cannot run is a fault of the machine and must not pass in silence. */
export const onCI = /^(1|true)$/i.test(process.env.CI ?? "");

/**
 * Skips the running test and says why: `npm test` lists every skip with its reason at the end.
 *
 * @param context `this` of a test or of a `before` hook (which then skips its whole suite); use `function`, not an arrow
 * @param reason what is missing and how to get it, as one sentence
 * @param options `failInCI`: fail instead of skipping where CI=true
 */
export function skipLoudly(
  context: Mocha.Context,
  reason: string,
  options: { readonly failInCI?: boolean } = {},
): never {
  if (options.failInCI && onCI) throw new Error(`This test must run where CI=true, and cannot: ${reason}`);
  const runnable = context.test;
  // The reporter reads the reason from the test, or from the suite when a hook skipped all of it.
  const owner = runnable && "type" in runnable && runnable.type === "hook" ? runnable.parent : runnable;
  if (owner) Object.assign(owner, { skipReason: reason });
  return context.skip();
}
