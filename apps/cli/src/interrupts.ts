const signals = { SIGINT: 130, SIGTERM: 143 } as const;

export interface Interrupts {
  signal: AbortSignal;
  exitCode: () => number | undefined;
  /** Nobody looks at the signal any more: the next Ctrl-C ends the process as usual. */
  release: () => void;
}

/** A signal that the first Ctrl-C or SIGTERM aborts; the second one ends the process at once. */
export function catchInterrupts(): Interrupts {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const handlers = Object.entries(signals).map(([name, code]) => {
    const handler = () => {
      if (controller.signal.aborted) process.exit(code);
      exitCode = code;
      controller.abort();
    };
    process.on(name, handler);
    return { name, handler };
  });
  const release = () => {
    for (const { name, handler } of handlers) process.off(name, handler);
  };
  return { signal: controller.signal, exitCode: () => exitCode, release };
}
