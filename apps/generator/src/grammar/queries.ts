import type { Dialect } from '#shared/contracts/datasource';
import { Names, type NamedTable } from './names.js';
import { listOf, literal, oneOf, Rules } from './rules.js';
import { bounds, flat, type QueryPlace, queryAt } from './shape.js';
import { Sources } from './sources.js';
import { Values } from './values.js';

/** What a query stands for; all but a table have one column. */
type Use = 'table' | 'value' | 'list';

/** Rules for whole queries, from the statement down to its tables. */
export class Queries {
  readonly rules = new Rules();
  private readonly names: Names;
  private readonly values: Values;
  private readonly sources: Sources;

  constructor(
    private readonly dialect: Dialect,
    tables: readonly NamedTable[],
  ) {
    this.names = new Names(this.rules, dialect, tables);
    this.values = new Values(this.rules, dialect, this.names, (around, use) =>
      this.query(inside(around), use),
    );
    this.sources = new Sources(this.values, (around) => this.query(inside(around), 'table'));
  }

  statement(): string {
    return this.rules.rule('root', () => {
      // Some prompts ask for a fenced block.
      const [open, close] = [literal('```sql\n'), literal('\n```')];
      return `${this.unfenced()} | ${open} ${this.unfenced()} ${close} | ${this.refusal()}`;
    });
  }

  /** What a prompt may ask for in place of SQL: a question back, or a reason why there is no answer. */
  private refusal(): string {
    return this.rules.rule(
      'refusal',
      () => `("CLARIFY: " | "NOT_ANSWERABLE: ") [ -~\\u00a1-\\ud7ff]{1,${bounds.reasonLength}}`,
    );
  }

  private unfenced(): string {
    const { rules } = this;
    return rules.rule('statement', () => {
      const s = rules.space();
      const alone = this.query({ levels: bounds.levels, common: false }, 'table');
      const reading = this.query({ levels: bounds.levelsBesideCommon, common: true }, 'table');
      const inner = this.query({ levels: bounds.levelsOfCommon, common: true }, 'table');
      const common = `(${this.names.common()} ${s} ${rules.word('AS')} ${s} "(" ${inner} ")")`;
      return `(${alone} | ${rules.word('WITH')} ${s} ${listOf(rules, common, bounds.commonTables)} ${s} ${reading}) ";"?`;
    });
  }

  private query(place: QueryPlace, use: Use): string {
    const { rules } = this;
    // Only MariaDB tells these two apart: it takes no LIMIT in a list.
    if (use === 'list' && this.dialect !== 'mysql') return this.query(place, 'value');
    return rules.rule(`q${use}${queryAt(place)}`, () => {
      const s = rules.space();
      const core = this.core(place, use === 'table' ? 'many' : 'one');
      const sets = oneOf(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT'].map((word) => rules.word(word)));
      const order = `(${s} ${rules.word('ORDER BY')} ${s} ${this.order(place)})?`;
      return `${core} (${s} (${sets}) ${s} ${core}){0,${bounds.setOperations}} ${order} ${use === 'list' ? '' : this.limit()}`;
    });
  }

  private core(place: QueryPlace, columns: 'one' | 'many'): string {
    const { rules } = this;
    return rules.rule(`r${columns}${queryAt(place)}`, () => {
      const s = rules.space();
      const distinct = `(${rules.word('DISTINCT')} ${s})?`;
      const from = `${rules.word('FROM')} ${s} ${this.sources.from(place)}`;
      const condition = this.values.conditions.condition({ calls: 'plain', depth: 2, ...place });
      const where = `(${s} ${rules.word('WHERE')} ${s} ${condition})?`;
      return `${rules.word('SELECT')} ${s} ${distinct} ${this.items(place, columns)} ${s} ${from} ${where} ${this.group(place)}`;
    });
  }

  private items(place: QueryPlace, columns: 'one' | 'many'): string {
    const { rules } = this;
    const s = rules.space();
    const value = this.values.value({ calls: 'window', depth: bounds.depth, ...place });
    const one = rules.rule(
      `one${queryAt(place)}`,
      () => `${value} (${s} ${rules.word('AS')} ${s} ${this.names.label()})?`,
    );
    if (columns === 'one') return one;
    return rules.rule(`items${queryAt(place)}`, () => {
      const item = `(${one} | ${this.names.everyColumn()})`;
      return `("*" | ${item}) ("," ${rules.gap()} ${item}){0,${bounds.items - 1}}`;
    });
  }

  private group(place: QueryPlace): string {
    const { rules } = this;
    return rules.rule(`group${queryAt(place)}`, () => {
      const s = rules.space();
      const terms = listOf(rules, this.values.value(flat('plain', 2)), bounds.items);
      const having = this.values.conditions.condition({ calls: 'aggregate', depth: 2, ...place });
      return `(${s} ${rules.word('GROUP BY')} ${s} ${terms} (${s} ${rules.word('HAVING')} ${s} ${having})?)?`;
    });
  }

  private order({ levels, common }: QueryPlace): string {
    const { rules } = this;
    const place = { levels: Math.min(levels, 1), common: common && levels > 0 };
    return rules.rule(`order${queryAt(place)}`, () => {
      const s = rules.space();
      const value = this.values.value({ calls: 'window', depth: 2, ...place });
      const way = `(${s} (${rules.word('ASC')} | ${rules.word('DESC')}))?`;
      const nulls = `(${s} ${rules.word('NULLS')} ${s} (${rules.word('FIRST')} | ${rules.word('LAST')}))?`;
      return listOf(rules, `(${value} ${way} ${this.dialect === 'mysql' ? '' : nulls})`, bounds.orders);
    });
  }

  private limit(): string {
    const { rules } = this;
    return rules.rule('limit', () => {
      const s = rules.space();
      const count = this.values.count();
      return `(${s} ${rules.word('LIMIT')} ${s} ${count} (${s} ${rules.word('OFFSET')} ${s} ${count})?)?`;
    });
  }
}

function inside({ levels, common }: QueryPlace): QueryPlace {
  return { levels: levels - 1, common };
}
