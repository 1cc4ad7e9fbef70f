import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckView, Verdict } from '#shared/contracts/check';
import type { GatewayClient } from '../client/gateway-client.js';
import { CliError } from '../cli-error.js';
import { plain, stderr, stdout } from '../output/terminal.js';
import { batches, type Statement } from './sql.statements.js';

export interface SqlCheckOptions {
  datasource: string;
  file: string;
  dryRun?: true;
  url?: string;
}

const pollMs = 100;
/** Time between two lines of progress. */
const progressMs = 2_000;

/** Prints a line for every statement, in their order, also when the service fails on the way. */
export async function checkStatements(
  client: GatewayClient,
  statements: readonly Statement[],
  options: SqlCheckOptions,
  interrupt: AbortSignal,
): Promise<void> {
  const report = new Report(statements);
  let accepted = false;
  try {
    for (const batch of batches(statements)) {
      const sent = { datasource: options.datasource, statements: batch.map(({ sql }) => sql) };
      const check = await client.createCheck({ ...sent, dryRun: options.dryRun === true });
      accepted = true;
      await follow(client, check, report, interrupt);
      if (interrupt.aborted) return;
    }
  } finally {
    if (accepted) report.end();
  }
}

async function follow(
  client: GatewayClient,
  { id }: CheckView,
  report: Report,
  interrupt: AbortSignal,
): Promise<void> {
  for (let seen = 0; ;) {
    const check = await client.check(id, seen);
    for (const { number, ...verdict } of check.results) {
      report.add(verdict);
      seen = number;
    }
    if (interrupt.aborted) return void (await client.cancelCheck(id));
    if (seen === check.statements) return;
    if (check.error && check.results.length === 0)
      throw new CliError('check_failed', `${check.error.code}: ${check.error.message}`);
    if (check.status === 'cancelled') throw new CliError('check_failed', 'somebody cancelled the check');
    if (check.results.length === 0) await sleep(pollMs);
  }
}

/** What was printed so far. Progress goes to standard error. */
class Report {
  private printed = 0;
  private readonly counts = new Map<string, number>();
  private saidAt = performance.now();

  constructor(private readonly statements: readonly Statement[]) {}

  add({ outcome, layer, class: kind, elapsedMs }: Omit<Verdict, 'message'>): void {
    const id = this.statements[this.printed]?.id;
    stdout.line(JSON.stringify({ id, outcome, layer, class: kind, elapsedMs }));
    this.printed += 1;
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1);
    if (performance.now() - this.saidAt < progressMs) return;
    this.saidAt = performance.now();
    stderr.line(this.summary());
  }

  /** What has no verdict by now will have none. */
  end(): void {
    while (this.printed < this.statements.length)
      this.add({ outcome: 'error', layer: null, class: null, elapsedMs: 0 });
    stderr.line(this.summary());
  }

  private summary(): string {
    const counts = [...this.counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
    return plain(`${this.printed} of ${this.statements.length} checked: ${counts}`);
  }
}
