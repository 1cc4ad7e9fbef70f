import type { Connection } from '#shared/contracts/datasource';
import type { Outcome, Target } from '../sandbox.js';

export interface PostgresSandboxOptions {
  maxRunning: number;
  maxPools: number;
}
type PostgresConnection = Extract<Connection, { dialect: 'postgres' }>;

export class PostgresSandbox {
  constructor(private readonly options: PostgresSandboxOptions) {}
  async run(
    target: Target,
    connection: PostgresConnection,
    sql: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    throw new Error(`${sql}`);
  }
  async close(): Promise<void> {}
}
