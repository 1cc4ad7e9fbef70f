/** Words that are no column's name where an expression stands, whatever the dialect. */
export const expressionWords: ReadonlySet<string> = new Set([
  ...['AND', 'OR', 'NOT', 'IN', 'IS', 'NULL', 'LIKE', 'ILIKE', 'GLOB', 'REGEXP', 'RLIKE', 'SIMILAR', 'MATCH'],
  ...['BETWEEN', 'EXISTS', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END', 'ASC', 'DESC', 'NULLS', 'DISTINCT', 'ALL'],
  ...[
    'ANY',
    'SOME',
    'ESCAPE',
    'TRUE',
    'FALSE',
    'ISNULL',
    'NOTNULL',
    'UNKNOWN',
    'DIV',
    'MOD',
    'XOR',
    'BINARY',
  ],
  ...['CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP', 'ROW', 'ARRAY'],
  ...['CURRENT_USER', 'SESSION_USER', 'CURRENT_ROLE', 'CURRENT_CATALOG', 'CURRENT_SCHEMA'],
  ...['UTC_DATE', 'UTC_TIME', 'UTC_TIMESTAMP'],
  ...[
    'OVER',
    'PARTITION',
    'BY',
    'ORDER',
    'FILTER',
    'WHERE',
    'ROWS',
    'RANGE',
    'GROUPS',
    'UNBOUNDED',
    'SEPARATOR',
  ],
  ...['PRECEDING', 'FOLLOWING', 'CURRENT', 'EXCLUDE', 'TIES', 'FROM', 'FOR', 'BOTH', 'LEADING', 'TRAILING'],
  ...['WITHIN', 'GROUP', 'SYMMETRIC', 'COLLATE', 'AS', 'ON', 'USING', 'WITH', 'TIME', 'ZONE', 'AT', 'TO'],
]);

/** Words that end an expression at its own level. */
export const clauseWords: ReadonlySet<string> = new Set([
  ...['FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH', 'WINDOW', 'FOR'],
  ...['UNION', 'INTERSECT', 'EXCEPT', 'MINUS'],
]);

export const joinWords: ReadonlySet<string> = new Set([
  ...['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'OUTER', 'CROSS', 'NATURAL', 'STRAIGHT_JOIN'],
]);

/** Units that follow a number or INTERVAL. */
export const unitWords: ReadonlySet<string> = new Set([
  ...[
    'MICROSECOND',
    'SECOND',
    'MINUTE',
    'HOUR',
    'DAY',
    'WEEK',
    'MONTH',
    'QUARTER',
    'YEAR',
    'DECADE',
    'CENTURY',
  ],
  ...['EPOCH', 'DOW', 'DOY', 'ISODOW', 'ISOYEAR', 'MILLENNIUM', 'MILLISECONDS', 'MICROSECONDS', 'TIMEZONE'],
]);

export const aggregateNames: ReadonlySet<string> = new Set([
  ...['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'TOTAL', 'GROUP_CONCAT', 'STRING_AGG', 'ARRAY_AGG', 'MEDIAN'],
]);
