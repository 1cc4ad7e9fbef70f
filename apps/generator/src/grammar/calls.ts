import type { Dialect } from '#shared/contracts/datasource';

/**
 * Functions that models use, by how many arguments they take: `1-2` is one or two. SQLite refuses a statement with another number while
 * it reads it. All of them pass the executor's guard.
 */
const scalar: Record<Dialect, Record<string, string>> = {
  sqlite: {
    '1': 'abs lower upper length typeof',
    '1-2': 'round trim ltrim rtrim date time datetime julianday',
    '2': 'ifnull nullif instr strftime',
    '2-3': 'substr coalesce',
    '3': 'replace iif',
  },
  postgres: {
    '0': 'now',
    '1': 'abs lower upper length char_length ceil floor initcap to_timestamp age',
    '1-2': 'round trunc trim ltrim rtrim btrim',
    '2': 'nullif mod power date_trunc date_part to_char to_date age strpos left right',
    '2-3': 'substring substr coalesce concat greatest least',
    '3': 'replace split_part lpad rpad',
  },
  mysql: {
    '0': 'now curdate',
    '1': 'abs lower upper length char_length ceil floor trim ltrim rtrim date year quarter month day hour minute dayofweek dayname monthname',
    '1-2': 'round week',
    '2': 'ifnull nullif instr mod power date_format str_to_date datediff left right truncate',
    '2-3': 'substring substr coalesce concat greatest least',
    '3': 'if replace substring_index lpad rpad',
  },
};

/** Functions of one argument over the rows of a group. */
const aggregates: Record<Dialect, string> = {
  sqlite: 'count sum avg min max total group_concat',
  postgres: 'count sum avg min max stddev variance bool_and bool_or array_agg',
  mysql: 'count sum avg min max stddev variance group_concat',
};

const castTypes: Record<Dialect, readonly string[]> = {
  sqlite: ['INTEGER', 'INT', 'REAL', 'FLOAT', 'TEXT', 'NUMERIC', 'DATE'],
  postgres: [
    'INTEGER',
    'INT',
    'BIGINT',
    'NUMERIC',
    'DECIMAL',
    'REAL',
    'FLOAT',
    'TEXT',
    'VARCHAR',
    'DATE',
    'TIMESTAMP',
    'BOOLEAN',
  ],
  mysql: ['SIGNED', 'UNSIGNED', 'CHAR', 'DATE', 'DATETIME', 'TIME', 'DECIMAL', 'DOUBLE'],
};

export interface ScalarCalls {
  least: number;
  most: number;
  names: string[];
}

export function scalarCalls(dialect: Dialect): ScalarCalls[] {
  return Object.entries(scalar[dialect]).map(([counts, names]) => {
    const [least = 0, most = least] = counts.split('-').map(Number);
    return { least, most, names: names.split(' ') };
  });
}

export function aggregateNames(dialect: Dialect): string[] {
  return aggregates[dialect].split(' ');
}

export function typesOfCast(dialect: Dialect): readonly string[] {
  return castTypes[dialect];
}
