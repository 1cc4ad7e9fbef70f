import type { Dialect } from '#shared/contracts/datasource';
import { beginsReserved, isReserved } from './reserved-words.js';
import { literal, oneOf, type Rules } from './rules.js';

/** What the grammar needs of a table of the snapshot. */
export interface NamedTable {
  name: string;
  columns: readonly { name: string }[];
}

/** SQLite takes both. What a double quote means to MySQL is a setting. */
const quotesOf: Record<Dialect, [string, ...string[]]> = {
  sqlite: ['"', '`'],
  postgres: ['"'],
  mysql: ['`'],
};

const plainWord = /^[A-Za-z_][A-Za-z0-9_]*$/;
const plainLowerWord = /^[a-z_][a-z0-9_]*$/;

/**
 * Begins of names that a statement gives to what it calculates and reads again; letters and digits behind an underscore make others of them.
 * None is reserved anywhere. They can stand where a column can, so none is a word that a model would take for a column.
 */
const calculated =
  'total totals num cnt count counts average avg max min sum highest lowest ranked ranking rnk rn latest earliest filtered grouped base cte sub result ratio share pct percentage best most prev difference diff growth';
/** Further names for results that are read no more. */
const labels =
  'name title id label category kind amount revenue sales price quantity period yr mon city country status number value first_name last_name';

/** Rules for the names that a statement may hold: the tables and columns of the context, and names that the statement itself gives. */
export class Names {
  constructor(
    private readonly rules: Rules,
    private readonly dialect: Dialect,
    private readonly tables: readonly NamedTable[],
  ) {}

  table(): string {
    return this.rules.rule('table', () => oneOf(this.tables.map((table) => this.tableRule(table))));
  }

  /** A column by itself, behind an alias, or behind its own table. */
  column(): string {
    return this.rules.rule(
      'column',
      () => `${this.anyColumn()} | ${this.given()} | ${this.ofAlias()} | ${this.ofTable()}`,
    );
  }

  /** `t1.*`, `orders.*` */
  everyColumn(): string {
    return this.rules.rule('every', () => `(${this.alias()} | ${this.table()}) ".*"`);
  }

  anyColumn(): string {
    return this.written('name', this.tables.flatMap(columnNames), this.dialect !== 'postgres');
  }

  /** `t1`, `c`, `co`: one or two signs, and no keyword of two letters. */
  alias(): string {
    return this.rules.rule(
      'alias',
      () => `[Tt] [1-9] | [a-z] [0-9]? | [cefhjklmpqrsvwxyz] [a-z] | ${this.common()}`,
    );
  }

  /** A name that the statement gives to a result and reads again. */
  given(): string {
    return this.rules.rule('given', () => `(${this.words(calculated)}) ${this.rest()}{0,4}`);
  }

  /** `AS …` of a result: any of the context's own names, too, and whatever is quoted. */
  label(): string {
    const sign = literal(quotesOf[this.dialect][0]);
    const quoted = `${sign} [A-Za-z] (" "? [A-Za-z0-9_]){0,31} ${sign}`;
    return this.rules.rule('label', () =>
      oneOf([this.common(), this.anyColumn(), `(${this.words(labels)}) ${this.rest()}{0,3}`, quoted]),
    );
  }

  /** A common table, `WITH customer_totals AS …`, or an alias for a derived one. */
  common(): string {
    return this.rules.rule('common', () => {
      const own = this.tables.map(({ name }) => name).filter((name) => this.startsNames(name));
      return own.length === 0
        ? this.given()
        : `${this.given()} | (${oneOf(own.map(literal))}) ${this.rest()}{1,3}`;
    });
  }

  private words(list: string): string {
    return oneOf(list.split(' ').map(literal));
  }

  private rest(): string {
    return this.rules.rule('rest', () => '"_" [a-z0-9]{1,12}');
  }

  private startsNames(name: string): boolean {
    return plainLowerWord.test(name) && !beginsReserved(this.dialect, name);
  }

  private ofAlias(): string {
    return this.rules.rule('ofalias', () => `${this.alias()} "." (${this.anyColumn()} | ${this.given()})`);
  }

  private ofTable(): string {
    return this.rules.rule('oftable', () =>
      oneOf(
        this.tables.map((table, number) => {
          const columns = this.written(`of${number}`, columnNames(table), this.dialect !== 'postgres');
          return `${this.tableRule(table)} "." ${columns}`;
        }),
      ),
    );
  }

  private tableRule(table: NamedTable): string {
    const number = this.tables.indexOf(table);
    // Each part of `sales.orders` may be quoted or not.
    const parts = table.name
      .split('.')
      .map((part, place) => this.written(`table${number}p${place}`, [part], this.dialect === 'sqlite'));
    return parts.join(' "." ');
  }

  /**
   * A rule of how these names may be written: as they are where the dialect reads them so, and quoted.
   * @param smallToo where capitals and small letters are one to the dialect
   */
  private written(rule: string, names: readonly string[], smallToo: boolean): string {
    return this.rules.rule(rule, () => {
      const bare = new Set(names.filter((name) => this.isBare(name)));
      const quoted = new Set(names.filter((name) => !bare.has(name) && !/["`]/.test(name)));
      if (smallToo) for (const name of [...bare]) bare.add(name.toLowerCase());
      const [open, others] = [this.listed(`${rule}b`, bare), this.listed(`${rule}q`, quoted)];
      const quotes = quotesOf[this.dialect];
      const inside = oneOf([...open, ...others]);
      const between =
        inside === '' ? [] : quotes.map((sign) => `${literal(sign)} (${inside}) ${literal(sign)}`);
      const odd = names
        .filter((name) => /["`]/.test(name))
        .flatMap((name) => quotes.map((sign) => literal(quote(name, sign))));
      return oneOf([...open, ...between, ...new Set(odd)]);
    });
  }

  /** A rule of their own, so that a long list stands once. */
  private listed(rule: string, names: ReadonlySet<string>): string[] {
    return names.size === 0 ? [] : [this.rules.rule(rule, () => oneOf([...names].map(literal)))];
  }

  private isBare(name: string): boolean {
    const shape = this.dialect === 'postgres' ? plainLowerWord : plainWord;
    return shape.test(name) && !isReserved(this.dialect, name.toLowerCase());
  }
}

function columnNames(table: NamedTable): string[] {
  return table.columns.map((column) => column.name);
}

function quote(name: string, sign: string): string {
  return sign + name.replaceAll(sign, sign + sign) + sign;
}
