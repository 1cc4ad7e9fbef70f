/**
 * How far apart statements are that can be gathered in one. Rarely asked, nobody waits; under load a query waits this
 * long at most at each step, a small part of what it then waits for a processor.
 */
export const spacingMs = 20;

/** An act that many ask for: at once after a pause, else when `spacingMs` have passed since the last time. */
export function spaced(act: () => void): { ask: () => void; now: () => void } {
  let lastAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  const now = () => {
    clearTimeout(timer);
    timer = undefined;
    lastAt = performance.now();
    act();
  };
  const ask = () => {
    const restMs = lastAt + spacingMs - performance.now();
    if (restMs <= 0) now();
    else timer ??= setTimeout(now, restMs);
  };
  return { ask, now };
}
