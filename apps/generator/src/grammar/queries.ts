import { Names, type NamedTable } from './names.js';
import type { Dialect } from '#shared/contracts/datasource';
import { listOf, literal, oneOf, Rules } from './rules.js';
import { bounds, type Place } from './shape.js';
import { Values } from './values.js';

/** What a query stands for; all but a table have one column. */
type Use = 'table' | 'value' | 'list';

/** Rules for whole queries, from the statement down to its tables. */
export class Queries {
  readonly rules = new Rules();
  private readonly names: Names;
  private readonly values: Values;

  constructor(
    private readonly dialect: Dialect,
    tables: readonly NamedTable[],
  ) {
    this.names = new Names(this.rules, dialect, tables);
    this.values = new Values(this.rules, dialect, this.names, (levels, use) => this.query(levels, use));
  }

  statement(): string {
    const { rules } = this;
    // Some prompts ask for a fenced block.
    return rules.rule('root', () => {
      const [open, close] = [literal('```sql\n'), literal('\n```')];
      return `${this.unfenced()} | ${open} ${this.unfenced()} ${close}`;
    });
  }

  private unfenced(): string {
    const { rules } = this;
    return rules.rule('statement', () => {
      const s = rules.space();
      const inner = this.query(bounds.levels - 1, 'table');
      const common = `${this.names.given()} ${s} ${rules.word('AS')} ${s} "(" ${inner} ")"`;
      const list = listOf(rules, `(${common})`, bounds.commonTables);
      return `(${rules.word('WITH')} ${s} ${list} ${s})? ${this.query(bounds.levels, 'table')} ";"?`;
    });
  }

  private query(levels: number, use: Use): string {
    const { rules } = this;
    // Only MariaDB tells these two apart: it takes no LIMIT in a list.
    if (use === 'list' && this.dialect !== 'mysql') return this.query(levels, 'value');
    return rules.rule(`q${use}${levels}`, () => {
      const s = rules.space();
      const core = this.core(levels, use === 'table' ? 'many' : 'one');
      const sets = oneOf(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT'].map((word) => rules.word(word)));
      const order = `(${s} ${rules.word('ORDER BY')} ${s} ${this.order(levels)})?`;
      return `${core} (${s} (${sets}) ${s} ${core}){0,${bounds.setOperations}} ${order} ${use === 'list' ? '' : this.limit()}`;
    });
  }

  private core(levels: number, columns: 'one' | 'many'): string {
    const { rules } = this;
    return rules.rule(`r${columns}${levels}`, () => {
      const s = rules.space();
      const distinct = `(${rules.word('DISTINCT')} ${s})?`;
      const from = `${rules.word('FROM')} ${s} ${this.from(levels)}`;
      const where = `(${s} ${rules.word('WHERE')} ${s} ${this.values.conditions.condition(plain(levels))})?`;
      return `${rules.word('SELECT')} ${s} ${distinct} ${this.items(levels, columns)} ${s} ${from} ${where} ${this.group(levels)}`;
    });
  }

  private items(levels: number, columns: 'one' | 'many'): string {
    const { rules } = this;
    const named = `(${rules.space()} ${rules.word('AS')} ${rules.space()} ${this.names.given()})?`;
    const value = this.values.value({ calls: 'window', levels, depth: bounds.depth });
    if (columns === 'one') return rules.rule(`item${levels}`, () => `${value} ${named}`);
    return rules.rule(`items${levels}`, () => {
      const item = rules.rule(`i${levels}`, () => `${value} ${named} | ${this.names.everyColumn()}`);
      return `("*" | ${item}) ("," ${rules.gap()} ${item}){0,${bounds.items - 1}}`;
    });
  }

  private from(levels: number): string {
    const { rules } = this;
    return rules.rule(`from${levels}`, () => {
      const s = rules.space();
      const source = this.source(levels);
      const on = `${rules.word('ON')} ${s} ${this.values.conditions.condition({ calls: 'plain', levels: 0, depth: 1 })}`;
      const using = `${rules.word('USING')} ${s} "(" ${this.names.anyColumn()} ")"`;
      const matched = `${s} (${on} | ${using})`;
      // SQLite and MySQL take an inner join without a condition.
      const inner = `(${rules.word('INNER')} ${s})? ${rules.word('JOIN')} ${s} ${source} ${this.dialect === 'postgres' ? matched : `(${matched})?`}`;
      const sides = this.dialect === 'mysql' ? ['LEFT', 'RIGHT'] : ['LEFT', 'RIGHT', 'FULL'];
      const outer = `(${oneOf(sides.map((side) => rules.word(side)))}) ${s} (${rules.word('OUTER')} ${s})? ${rules.word('JOIN')} ${s} ${source} ${matched}`;
      const joins = [
        `${s} ${inner}`,
        `${s} ${outer}`,
        `${s} ${rules.word('CROSS JOIN')} ${s} ${source}`,
        `"," ${rules.gap()} ${source}`,
      ];
      return `${source} (${oneOf(joins)}){0,${bounds.joins}}`;
    });
  }

  private source(levels: number): string {
    const { rules } = this;
    return rules.rule(`source${levels}`, () => {
      const s = rules.space();
      const alias = `${s} (${rules.word('AS')} ${s})? ${this.names.alias()}`;
      const tables = `(${this.names.table()} | ${this.names.given()}) (${alias})?`;
      return levels > 0
        ? `${tables} | "(" ${this.query(levels - 1, 'table')} ")" ${this.dialect === 'sqlite' ? `(${alias})?` : alias}`
        : tables;
    });
  }

  private group(levels: number): string {
    const { rules } = this;
    return rules.rule(`group${levels}`, () => {
      const s = rules.space();
      const terms = listOf(rules, this.values.value({ calls: 'plain', levels: 0, depth: 2 }), bounds.items);
      const having = this.values.conditions.condition({ calls: 'aggregate', levels, depth: 2 });
      return `(${s} ${rules.word('GROUP BY')} ${s} ${terms} (${s} ${rules.word('HAVING')} ${s} ${having})?)?`;
    });
  }

  private order(levels: number): string {
    const { rules } = this;
    return rules.rule(`order${levels}`, () => {
      const s = rules.space();
      const value = this.values.value({ calls: 'window', levels: Math.min(levels, 1), depth: 2 });
      const nulls =
        this.dialect === 'mysql'
          ? ''
          : `(${s} ${rules.word('NULLS')} ${s} (${rules.word('FIRST')} | ${rules.word('LAST')}))?`;
      const term = rules.rule(
        `term${levels}`,
        () => `${value} (${s} (${rules.word('ASC')} | ${rules.word('DESC')}))? ${nulls}`,
      );
      return listOf(rules, term, bounds.terms * 2);
    });
  }

  private limit(): string {
    const { rules } = this;
    return rules.rule('limit', () => {
      const s = rules.space();
      return `(${s} ${rules.word('LIMIT')} ${s} ${this.values.count()} (${s} ${rules.word('OFFSET')} ${s} ${this.values.count()})?)?`;
    });
  }
}

function plain(levels: number): Place {
  return { calls: 'plain', levels, depth: 2 };
}
