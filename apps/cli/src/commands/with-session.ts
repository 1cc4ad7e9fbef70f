import type { CliConfig } from '../config.js';
import { openSession, type Session } from '../embedded/session.js';
import { catchInterrupts } from '../interrupts.js';
import { stderr } from '../output/terminal.js';

/** Runs a command against a gateway; one that was started for it is stopped in any case. */
export async function withSession(
  config: CliConfig,
  url: string | undefined,
  work: (session: Session, interrupt: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal, exitCode, release } = catchInterrupts();
  try {
    const session = await openSession(config, url, (line) => stderr.line(line));
    try {
      if (!signal.aborted) await work(session, signal);
    } finally {
      await session.close();
      process.exitCode = exitCode() ?? process.exitCode;
    }
  } finally {
    release();
  }
}
