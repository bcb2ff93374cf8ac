/** Time of the lecture and of each section. It survives a reload where the browser keeps things. */
export interface Timer {
  /** Adds the time since the last call to the section, where it runs. */
  tick(section: string): void;
  toggle(): void;
  /** From now on: what has passed since the last tick was no lecture. */
  resume(): void;
  reset(): void;
  readonly running: boolean;
  /** Seconds. */
  readonly elapsed: number;
  of(section: string): number;
}

/** Where the times are kept. */
export interface Store {
  read(): string | null;
  write(text: string): void;
}

/** Of this page, in this tab; where the browser keeps nothing, they hold until the page is left. */
export function tabStore(key: string): Store {
  return {
    read() {
      try {
        return sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        sessionStorage.setItem(key, text);
      } catch {
        // no storage here
      }
    },
  };
}

/** @param now in milliseconds */
export function makeTimer(store: Store, now: () => number = () => Date.now()): Timer {
  let spent = restored(store);
  let running = true;
  let last = now();
  return {
    tick(section) {
      const time = now();
      if (running) spent[section] = (spent[section] ?? 0) + (time - last) / 1000;
      last = time;
      store.write(JSON.stringify(spent));
    },
    resume() {
      last = now();
    },
    toggle() {
      running = !running;
    },
    reset() {
      spent = {};
      last = now();
    },
    get running() {
      return running;
    },
    get elapsed() {
      return Object.values(spent).reduce((sum, seconds) => sum + seconds, 0);
    },
    of: (section) => spent[section] ?? 0,
  };
}

function restored(store: Store): Record<string, number> {
  try {
    const value = JSON.parse(store.read() ?? "{}") as Record<string, unknown>;
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number")); // prettier-ignore
  } catch {
    return {};
  }
}

/** 75 is "1:15". */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
