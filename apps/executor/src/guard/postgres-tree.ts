/** Node kinds of PostgreSQL's parse tree that a read is made of. Whatever is not named here is refused. */
export const readingNodes: ReadonlySet<string> = new Set([
  // the statement
  ...[
    'SelectStmt',
    'ResTarget',
    'WithClause',
    'CommonTableExpr',
    'CTESearchClause',
    'CTECycleClause',
    'List',
  ],
  // where rows come from
  ...['RangeVar', 'RangeSubselect', 'RangeFunction', 'RangeTableSample', 'JoinExpr', 'Alias', 'ColumnDef'],
  // order, groups, windows
  ...['SortBy', 'GroupingSet', 'GroupingFunc', 'WindowDef'],
  // values and expressions
  ...[
    'A_Const',
    'Integer',
    'Float',
    'Boolean',
    'String',
    'BitString',
    'ColumnRef',
    'A_Star',
    'A_Expr',
    'BoolExpr',
  ],
  ...[
    'FuncCall',
    'NamedArgExpr',
    'SubLink',
    'CaseExpr',
    'CaseWhen',
    'CoalesceExpr',
    'MinMaxExpr',
    'NullTest',
  ],
  ...['BooleanTest', 'RowExpr', 'A_ArrayExpr', 'A_Indirection', 'A_Indices', 'TypeCast', 'TypeName'],
  ...['CollateClause', 'SQLValueFunction'],
  // XML
  ...['XmlExpr', 'XmlSerialize'],
  // SQL/JSON
  ...[
    'JsonFormat',
    'JsonReturning',
    'JsonValueExpr',
    'JsonOutput',
    'JsonArgument',
    'JsonFuncExpr',
    'JsonBehavior',
  ],
  ...['JsonTable', 'JsonTableColumn', 'JsonTablePathSpec', 'JsonKeyValue', 'JsonParseExpr', 'JsonScalarExpr'],
  ...['JsonSerializeExpr', 'JsonObjectConstructor', 'JsonArrayConstructor', 'JsonArrayQueryConstructor'],
  ...['JsonAggConstructor', 'JsonObjectAgg', 'JsonArrayAgg', 'JsonIsPredicate'],
]);

/** Fields that hold a structure without a kind of its own around it, and the kind that it has. */
export const plainFields: ReadonlyMap<string, string> = new Map([
  ['larg', 'SelectStmt'],
  ['rarg', 'SelectStmt'],
  ['withClause', 'WithClause'],
  ['alias', 'Alias'],
  ['typeName', 'TypeName'],
  ['over', 'WindowDef'],
  ['collClause', 'CollateClause'],
  ['search_clause', 'CTESearchClause'],
  ['cycle_clause', 'CTECycleClause'],
  ['join_using_alias', 'Alias'],
  ['ival', 'Integer'],
  ['fval', 'Float'],
  ['boolval', 'Boolean'],
  ['sval', 'String'],
  ['bsval', 'BitString'],
  ['format', 'JsonFormat'],
  ['returning', 'JsonReturning'],
  ['output', 'JsonOutput'],
  ['context_item', 'JsonValueExpr'],
  ['on_empty', 'JsonBehavior'],
  ['on_error', 'JsonBehavior'],
  ['pathspec', 'JsonTablePathSpec'],
  ['constructor', 'JsonAggConstructor'],
  ['value', 'JsonValueExpr'],
  ['arg', 'JsonKeyValue'],
  ['expr', 'JsonValueExpr'],
]);

export type Fields = Record<string, unknown>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `{ Kind: { … } }` as kind and fields. */
export function unwrap(value: Fields): { kind: string; fields: Fields } | null {
  const [entry, ...more] = Object.entries(value);
  if (!entry || more.length > 0) return null;
  const [kind, fields] = entry;
  return /^[A-Z]/.test(kind) && isObject(fields) ? { kind, fields } : null;
}

/** The strings of a qualified name; null at each part that is no string, such as a star. */
export function nameParts(value: unknown): (string | null)[] {
  if (!Array.isArray(value)) return [];
  return value.map((part: unknown) => {
    const node = isObject(part) ? unwrap(part) : null;
    return node?.kind === 'String' && typeof node.fields['sval'] === 'string' ? node.fields['sval'] : null;
  });
}
