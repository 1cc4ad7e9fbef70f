import { listOf, oneOf } from './rules.js';
import { at, bounds, deeper, flat, type Place } from './shape.js';
import type { Expressions } from './expressions.js';

/** Rules for what is true or false. */
export class Conditions {
  constructor(private readonly values: Expressions) {}

  condition(place: Place): string {
    const { rules } = this.values;
    return rules.rule(`b${at(place)}`, () => {
      const both = this.conjunction(place);
      return `${both} (${rules.space()} ${rules.word('OR')} ${rules.space()} ${both}){0,${bounds.alternatives - 1}}`;
    });
  }

  private conjunction(place: Place): string {
    const { rules } = this.values;
    return rules.rule(`d${at(place)}`, () => {
      const one = this.predicate(place);
      return `${one} (${rules.space()} ${rules.word('AND')} ${rules.space()} ${one}){0,${bounds.conditions - 1}}`;
    });
  }

  private predicate(place: Place): string {
    const { rules, names } = this.values;
    return rules.rule(`p${at(place)}`, () => {
      const parts = [`${this.values.value(place)} ${rules.space()} (${this.tail(place)})`, names.column()];
      if (place.depth > 0) parts.push(`${this.negation()} "(" ${this.condition(deeper(place))} ")"`);
      if (place.levels > 0)
        parts.push(
          `${this.negation()} ${rules.word('EXISTS')} ${rules.space()} "(" ${this.values.subquery(place, 'value')} ")"`,
        );
      return oneOf(parts);
    });
  }

  /** What stands behind the value that a predicate is about. */
  private tail(place: Place): string {
    const { rules } = this.values;
    return rules.rule(`t${at(place)}`, () => {
      const s = rules.space();
      const value = this.values.value(place);
      const not = this.negation();
      return oneOf([
        `${this.comparison()} ${s} ${value}`,
        `${not} ${rules.word('BETWEEN')} ${s} ${value} ${s} ${rules.word('AND')} ${s} ${value}`,
        `${not} ${rules.word('IN')} ${s} "(" (${this.members(place)}) ")"`,
        `${not} (${this.likes()}) ${s} ${this.values.text()}`,
        `${rules.word('IS')} ${s} ${not} ${rules.word('NULL')}`,
      ]);
    });
  }

  private members(place: Place): string {
    const list = listOf(this.values.rules, this.values.value(flat('plain', 0)), bounds.values);
    return place.levels > 0 ? `${list} | ${this.values.subquery(place, 'list')}` : list;
  }

  private likes(): string {
    const { rules, dialect } = this.values;
    const words = { sqlite: ['LIKE', 'GLOB'], postgres: ['LIKE', 'ILIKE'], mysql: ['LIKE', 'REGEXP'] }[
      dialect
    ];
    return oneOf(words.map((word) => rules.word(word)));
  }

  private comparison(): string {
    return this.values.rules.rule('cmp', () => '"=" | "<>" | "!=" | "<" | "<=" | ">" | ">="');
  }

  private negation(): string {
    const { rules } = this.values;
    return rules.rule('not', () => `(${rules.word('NOT')} ${rules.space()})?`);
  }
}
