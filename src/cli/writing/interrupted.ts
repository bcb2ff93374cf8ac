/** Resolves at Ctrl-C. A server keeps no process alive; a timer does until the signal comes. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const awake = setInterval(() => undefined, 2 ** 30);
    const end = (): void => {
      clearInterval(awake);
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, end);
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
  });
}
