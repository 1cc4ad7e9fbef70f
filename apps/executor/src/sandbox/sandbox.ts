import type { Traceback } from '#shared/contracts/attempt';
import type { Layer } from '#shared/contracts/check';
import type { AccessPolicy, Connection } from '#shared/contracts/datasource';
import type { ResultSet } from '#shared/contracts/query';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';

/** The datasource as the sandbox needs it. The snapshot serves hints and names; no decision rests on it alone. */
export interface Target {
  datasourceId: string;
  connection: Connection;
  policy: AccessPolicy;
  snapshot?: SchemaSnapshot | null;
  /** Who asked, where somebody said. */
  caller?: string | null;
}

/** Why a statement did not run to its end: it took too long, or more memory than it may have. */
export type Stop = 'timeout' | 'memory';

/** `failed` is a mistake in the SQL, `rejected` a refusal; both are for the model to mend. */
export type Failure =
  | { kind: 'failed'; traceback: Traceback; stopped?: Stop; elapsedMs: number }
  | { kind: 'rejected'; traceback: Traceback; layer: Layer; elapsedMs: number };

/** What became of one statement. */
export type Outcome = { kind: 'rows'; result: ResultSet; elapsedMs: number } | Failure;

/** What became of a statement that was only validated and explained. `cost` is in the engine's own unit; null where it has none. */
export type Checked = { kind: 'valid'; cost: number | null; elapsedMs: number } | Failure;

/**
 * The only way of SQL to a target database.
 *
 * `run` and `check` throw a retryable AppError (`database_unreachable`, `sandbox_failed`) when the infrastructure failed
 * through no fault of the statement, a permanent one (`caller_refused`) when the database does not serve the caller, and the signal's reason when it was aborted; everything that the
 * statement itself brought about is an Outcome.
 */
export abstract class Sandbox {
  abstract run(target: Target, sql: string, signal: AbortSignal): Promise<Outcome>;
  /** The same layers, but the engine only prepares or explains the statement. */
  abstract check(target: Target, sql: string, signal: AbortSignal): Promise<Checked>;
  abstract close(): Promise<void>;
}
