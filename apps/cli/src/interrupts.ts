const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** A signal that the first Ctrl-C or SIGTERM aborts; the second one ends the process at once. */
export function catchInterrupts(): { signal: AbortSignal; exitCode: () => number | undefined } {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const [name, code] of Object.entries(signals)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      exitCode = code;
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode: () => exitCode };
}
