import { oneOf } from './rules.js';
import { bounds, flat, type QueryPlace, queryAt } from './shape.js';
import type { Values } from './values.js';

/** Rules for what stands behind FROM. */
export class Sources {
  constructor(
    private readonly values: Values,
    /** The rule of a derived table inside of this place. */
    private readonly derived: (around: QueryPlace) => string,
  ) {}

  from(place: QueryPlace): string {
    const { rules } = this.values;
    return rules.rule(`from${queryAt(place)}`, () => {
      const s = rules.space();
      const source = this.source(place);
      const joins = [
        `${s} ${this.innerJoin(source)}`,
        `${s} ${this.outerJoin(source)}`,
        `${s} ${rules.word('CROSS JOIN')} ${s} ${source}`,
        `"," ${rules.gap()} ${source}`,
      ];
      return `${source} (${oneOf(joins)}){0,${bounds.joins}}`;
    });
  }

  private innerJoin(source: string): string {
    const { rules, dialect } = this.values;
    const s = rules.space();
    // SQLite and MySQL take one without a condition.
    const matched = dialect === 'postgres' ? this.matched() : `${this.matched()}?`;
    return `(${rules.word('INNER')} ${s})? ${rules.word('JOIN')} ${s} ${source} ${matched}`;
  }

  private outerJoin(source: string): string {
    const { rules, dialect } = this.values;
    const s = rules.space();
    const sides = dialect === 'mysql' ? ['LEFT', 'RIGHT'] : ['LEFT', 'RIGHT', 'FULL'];
    return `(${oneOf(sides.map((side) => rules.word(side)))}) ${s} (${rules.word('OUTER')} ${s})? ${rules.word('JOIN')} ${s} ${source} ${this.matched()}`;
  }

  private matched(): string {
    const { rules, names, conditions } = this.values;
    return rules.rule('matched', () => {
      const s = rules.space();
      const on = `${rules.word('ON')} ${s} ${conditions.condition(flat('plain', 1))}`;
      return `${s} (${on} | ${rules.word('USING')} ${s} "(" ${names.anyColumn()} ")")`;
    });
  }

  private source(place: QueryPlace): string {
    const { rules, names, dialect } = this.values;
    return rules.rule(`source${queryAt(place)}`, () => {
      const s = rules.space();
      const alias = `${s} (${rules.word('AS')} ${s})? ${names.alias()}`;
      const table = `(${place.common ? `${names.table()} | ${names.common()}` : names.table()}) (${alias})?`;
      if (place.levels === 0) return table;
      return `${table} | "(" ${this.derived(place)} ")" ${dialect === 'sqlite' ? `(${alias})?` : alias}`;
    });
  }
}
