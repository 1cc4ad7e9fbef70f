import type { Dialect } from '#shared/contracts/datasource';
import { aggregateNames, scalarCalls, typesOfCast } from './calls.js';
import { Conditions } from './conditions.js';
import type { Expressions } from './expressions.js';
import type { Names } from './names.js';
import { oneOf, type Rules } from './rules.js';
import { at, bounds, deeper, flat, type Place, type QueryPlace } from './shape.js';
import { windowCall } from './windows.js';

/** Rules for what gives a value: columns, literals, calls, CASE, subqueries and what is calculated of them. */
export class Values implements Expressions {
  readonly conditions: Conditions;

  constructor(
    readonly rules: Rules,
    readonly dialect: Dialect,
    readonly names: Names,
    readonly subquery: (around: QueryPlace, use: 'value' | 'list') => string,
  ) {
    this.conditions = new Conditions(this);
  }

  value(place: Place): string {
    const { rules } = this;
    return rules.rule(`v${at(place)}`, () => {
      const operand = this.operand(place);
      return `${operand} (${rules.space()} (${this.operator()} ${rules.space()} ${operand}${this.intervals()})){0,${bounds.terms - 1}}`;
    });
  }

  text(): string {
    // No backslash: MySQL takes it for an escape. A sign past ASCII is a letter of somebody's language.
    const sign = this.rules.rule('sign', () => `[ -&(-\\[\\]-~\\u00a1-\\ud7ff] | "''"`);
    return this.rules.rule('text', () => `"'" ${sign}{0,${bounds.stringLength}} "'"`);
  }

  number(): string {
    return this.rules.rule('number', () => `"-"? [0-9]{1,12} ("." [0-9]{1,6})?`);
  }

  count(): string {
    return this.rules.rule('count', () => '[1-9] [0-9]{0,6}');
  }

  private operator(): string {
    const joined = this.dialect === 'mysql' ? '' : ' | "||"';
    return this.rules.rule('op', () => `"+" | "-" | "*" | "/" | "%"${joined}`);
  }

  /** MySQL adds and takes off `INTERVAL 1 DAY`, which is no value by itself. */
  private intervals(): string {
    if (this.dialect !== 'mysql') return '';
    return ` | ("+" | "-") ${this.rules.space()} ${this.mysqlInterval()}`;
  }

  private mysqlInterval(): string {
    const { rules } = this;
    return rules.rule('interval', () => {
      const units = ['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'].map((unit) =>
        rules.word(unit),
      );
      return `${rules.word('INTERVAL')} ${rules.space()} ${this.count()} ${rules.space()} (${oneOf(units)})`;
    });
  }

  private operand(place: Place): string {
    return this.rules.rule(`o${at(place)}`, () => {
      const parts = [this.names.column(), this.constant()];
      if (place.depth > 0) parts.push(...this.nested(place));
      if (place.calls !== 'plain') parts.push(this.aggregate());
      if (place.calls === 'window') parts.push(windowCall(this));
      if (place.levels > 0) parts.push(`"(" ${this.subquery(place, 'value')} ")"`);
      return oneOf(parts);
    });
  }

  private constant(): string {
    const { rules } = this;
    return rules.rule('constant', () => {
      const words = ['NULL', 'TRUE', 'FALSE', 'CURRENT_DATE', 'CURRENT_TIMESTAMP'].map((word) =>
        rules.word(word),
      );
      const typed = this.dialect === 'postgres' ? ['DATE', 'TIMESTAMP', 'INTERVAL'] : [];
      const typedTexts = typed.map((type) => `${rules.word(type)} ${rules.space()} ${this.text()}`);
      return oneOf([this.number(), this.text(), ...words, ...typedTexts]);
    });
  }

  private nested(place: Place): string[] {
    const inner = this.value(deeper(place));
    const parts = [
      `"(" ${inner} ")"`,
      this.caseOf(place),
      this.cast(inner, place),
      ...this.scalars(inner, place),
    ];
    if (this.dialect !== 'sqlite') parts.push(this.extract(inner, place));
    return parts;
  }

  private scalars(inner: string, place: Place): string[] {
    return scalarCalls(this.dialect).map(({ least, most, names }) => {
      const name = this.rules.rule(`f${least}to${most}`, () =>
        oneOf(names.map((text) => this.rules.word(text))),
      );
      if (most === 0) return `${name} "()"`;
      return this.rules.rule(`c${least}to${most}${at(place)}`, () => {
        const more = `("," ${this.rules.gap()} ${inner}){${least - 1},${most - 1}}`;
        return `${name} "(" ${inner}${most > 1 ? ` ${more}` : ''} ")"`;
      });
    });
  }

  private cast(inner: string, place: Place): string {
    const { rules } = this;
    const types = rules.rule('type', () => {
      const names = typesOfCast(this.dialect).map((type) => rules.word(type));
      const sizes =
        this.dialect === 'sqlite'
          ? []
          : [`${rules.word('DECIMAL')} "(" [1-9] [0-9]? "," ${rules.gap()} [0-9] ")"`];
      return oneOf([...names, ...sizes]);
    });
    return rules.rule(`cast${at(place)}`, () => {
      const call = `${rules.word('CAST')} "(" ${inner} ${rules.space()} ${rules.word('AS')} ${rules.space()} ${types} ")"`;
      if (this.dialect !== 'postgres') return call;
      return `${call} | (${this.names.column()} | ${this.text()} | "(" ${inner} ")") "::" ${types}`;
    });
  }

  private extract(inner: string, place: Place): string {
    const { rules } = this;
    const unit = rules.rule('unit', () =>
      oneOf(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE'].map((text) => rules.word(text))),
    );
    return rules.rule(
      `extract${at(place)}`,
      () =>
        `${rules.word('EXTRACT')} "(" ${unit} ${rules.space()} ${rules.word('FROM')} ${rules.space()} ${inner} ")"`,
    );
  }

  private caseOf(place: Place): string {
    const { rules } = this;
    return rules.rule(`case${at(place)}`, () => {
      const s = rules.space();
      const inner = this.value(deeper(place));
      const test = this.conditions.condition(deeper(place));
      const branches = (when: string) =>
        `(${s} ${rules.word('WHEN')} ${s} ${when} ${s} ${rules.word('THEN')} ${s} ${inner}){1,${bounds.branches}}`;
      const rest = `(${s} ${rules.word('ELSE')} ${s} ${inner})? ${s} ${rules.word('END')}`;
      return `${rules.word('CASE')} (${branches(test)} | ${s} ${inner} ${branches(inner)}) ${rest}`;
    });
  }

  /** Its argument has neither aggregates nor queries inside, however deep the place is. */
  aggregate(): string {
    const { rules } = this;
    const inner = this.value(flat('plain', 2));
    return rules.rule('aggregate', () => {
      const names = rules.rule('agg', () =>
        oneOf(aggregateNames(this.dialect).map((text) => rules.word(text))),
      );
      const every = `${rules.word('count')} "(*)"`;
      const distinct = `(${rules.word('DISTINCT')} ${rules.space()})?`;
      return oneOf([every, `${names} "(" ${distinct} ${inner} ")"`, this.joined(inner)]);
    });
  }

  /** Texts of a group in one, with a sign between them. */
  private joined(inner: string): string {
    const { rules, dialect } = this;
    const s = rules.space();
    const order = `(${s} ${rules.word('ORDER BY')} ${s} ${inner} (${s} (${rules.word('ASC')} | ${rules.word('DESC')}))?)?`;
    const between = `"," ${rules.gap()} ${this.text()}`;
    if (dialect === 'sqlite') return `${rules.word('group_concat')} "(" ${inner} ${between} ")"`;
    if (dialect === 'postgres') return `${rules.word('string_agg')} "(" ${inner} ${between} ${order} ")"`;
    return `${rules.word('group_concat')} "(" ${inner} ${order} (${s} ${rules.word('SEPARATOR')} ${s} ${this.text()})? ")"`;
  }
}
