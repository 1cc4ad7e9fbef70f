import type { Traceback } from '#shared/contracts/attempt';
import type { AccessPolicy, Connection } from '#shared/contracts/datasource';
import type { ResultSet } from '#shared/contracts/query';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';

/** The datasource as the sandbox needs it. The snapshot serves hints and names; no decision rests on it alone. */
export interface Target {
  datasourceId: string;
  connection: Connection;
  policy: AccessPolicy;
  snapshot?: SchemaSnapshot | null;
}

/** Which of the sandbox's layers refused a statement. */
export type Layer = 'guard' | 'engine' | 'limit' | 'process';

/**
 * What became of one statement. `failed` is a mistake in the SQL, `rejected` a refusal;
 * both are for the model to mend.
 */
export type Outcome =
  | { kind: 'rows'; result: ResultSet; elapsedMs: number }
  | { kind: 'failed'; traceback: Traceback; elapsedMs: number }
  | { kind: 'rejected'; traceback: Traceback; layer: Layer; elapsedMs: number };

/**
 * The only way of SQL to a target database.
 *
 * `run` throws a retryable AppError (`database_unreachable`, `sandbox_failed`) when the infrastructure failed
 * through no fault of the statement, and the signal's reason when it was aborted; everything that the
 * statement itself brought about is an Outcome.
 */
export abstract class Sandbox {
  abstract run(target: Target, sql: string, signal: AbortSignal): Promise<Outcome>;
  abstract close(): Promise<void>;
}
