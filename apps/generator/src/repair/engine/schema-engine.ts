import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { UnreadableStatement } from '#shared/sql/query-block';
import { readStatement } from '#shared/sql/read-statement';
import { NameResolver } from '#shared/sql/resolve-names';
import type { SchemaNames } from '#shared/sql/schema-names';
import { emptyTables } from './empty-tables.js';
import type { EngineAnswer, EngineQuestion } from './engine-messages.js';
import type { EngineProcess } from './engine-process.js';
import { isFaithful } from './faithful.js';

const read = /^[\s(]*(?:select|with)\b/i;

/** What is known of a statement without its database: SQLite's own word on it, elsewhere the parser's and the names. */
export class SchemaEngine {
  constructor(
    private readonly process: Pick<EngineProcess, 'ask'>,
    private readonly snapshot: SchemaSnapshot,
    private readonly schema: SchemaNames,
  ) {}

  /** Whether it would run; null where nobody can tell. */
  async isValid(sql: string): Promise<boolean | null> {
    // Some PRAGMA take effect while they are prepared.
    if (!read.test(sql)) return null;
    const answer = await this.ask(sql, 'verdict');
    if (answer?.kind !== 'verdict') return null;
    return answer.isValid && (this.snapshot.dialect === 'sqlite' || this.hasNames(sql));
  }

  /**
   * What it says in the datasource's dialect, read as another one; each once, and only what would run. None of a statement
   * that the dialect's own parser reads: that one may lack a name, but it is not in another dialect.
   */
  async translations(sql: string): Promise<string[]> {
    const verdict = await this.ask(sql, 'verdict');
    if (verdict?.kind !== 'verdict' || verdict.isValid) return [];
    const answer = await this.ask(sql, 'translations');
    if (answer?.kind !== 'translations') return [];
    const { dialect } = this.snapshot;
    return answer.translations
      .filter((translation) => isFaithful(sql, translation, dialect))
      .filter((translation) => dialect === 'sqlite' || this.hasNames(translation));
  }

  private async ask(sql: string, wanted: EngineQuestion['wanted']): Promise<EngineAnswer | null> {
    const { dialect, fingerprint, tables } = this.snapshot;
    const question: EngineQuestion = { wanted, sql, dialect, fingerprint };
    const answer = await this.process.ask(question);
    if (answer?.kind !== 'unknown_schema') return answer;
    return this.process.ask({ ...question, tables: emptyTables(tables) });
  }

  /** What cannot be read is given the benefit of the doubt. */
  private hasNames(sql: string): boolean {
    try {
      return new NameResolver(this.schema).faults(readStatement(sql)).length === 0;
    } catch (error) {
      if (error instanceof UnreadableStatement) return true;
      throw error;
    }
  }
}
