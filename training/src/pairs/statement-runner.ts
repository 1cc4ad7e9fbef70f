import { accessPolicySchema } from '#shared/contracts/datasource';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import type { Traceback } from '#shared/contracts/attempt';
import { releaseResult } from '#shared/results/encoded-result';
import { DialectSandbox, type SandboxOptions } from '../../../apps/executor/src/sandbox/dialect.sandbox.js';

const policy = accessPolicySchema.parse({ timeoutMs: 10_000 });

/** Runs statements on SQLite files as production would: what it refuses teaches nothing. Each text once. */
export class StatementRunner {
  private readonly sandbox: DialectSandbox;
  private readonly known = new Map<string, Traceback | null>();

  constructor(options: SandboxOptions = {}) {
    this.sandbox = new DialectSandbox(options);
  }

  /** What the model would be told of the statement; null where it runs. */
  async failureOf(
    database: { name: string; file: string; snapshot?: SchemaSnapshot | undefined },
    sql: string,
  ): Promise<Traceback | null> {
    const key = `${database.name} ${sql}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const connection = { dialect: 'sqlite', file: database.file } as const;
    const target = {
      datasourceId: database.name,
      connection,
      policy,
      ...(database.snapshot && { snapshot: database.snapshot }),
    };
    const outcome = await this.sandbox.run(target, sql, AbortSignal.timeout(60_000));
    if (outcome.kind === 'rows') releaseResult(outcome.result);
    const failure = outcome.kind === 'rows' ? null : outcome.traceback;
    this.known.set(key, failure);
    return failure;
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}
