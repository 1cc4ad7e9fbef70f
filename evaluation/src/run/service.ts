import type { CreateQuery, QueryView } from '#shared/contracts/query';

/** The service as the evaluation sees it: what its HTTP API can do. */
export interface EvaluatedService {
  /** Registers a SQLite file unless it bears this name already, and waits until its schema is read. */
  register(name: string, file: string): Promise<{ isNew: boolean }>;
  /** Does nothing where there is none. */
  remove(name: string): Promise<void>;
  /** Approves SQL for a question on a registered database. */
  addExample(name: string, example: { question: string; sql: string }): Promise<void>;
  /** Asks and waits for the end of the query; rejects when the service cannot be reached. */
  ask(request: CreateQuery, interrupt: AbortSignal): Promise<QueryView>;
}
