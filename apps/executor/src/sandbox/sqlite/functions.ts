/**
 * The SQLite functions that a statement may call. Left out on purpose: whatever is not deterministic,
 * makes a large value from a small one at once (randomblob, zeroblob), tells of the build or the connection,
 * or reaches outside (load_extension, fts3_tokenizer).
 */
export const sqliteFunctions: readonly string[] = [
  // operators that the parser turns into functions
  ...['->', '->>', 'like', 'glob', 'regexp', 'match'],
  // dates
  ...['current_date', 'current_time', 'current_timestamp'],
  ...['date', 'time', 'datetime', 'julianday', 'unixepoch', 'strftime', 'timediff'],
  // text
  ...['char', 'concat', 'concat_ws', 'format', 'hex', 'instr', 'length', 'lower', 'ltrim', 'octet_length'],
  ...['printf', 'quote', 'replace', 'rtrim', 'soundex', 'substr', 'substring', 'trim', 'unhex', 'unicode'],
  ...['unistr', 'unistr_quote', 'upper'],
  // choice and type
  ...['coalesce', 'if', 'ifnull', 'iif', 'likelihood', 'likely', 'nullif', 'typeof', 'unlikely'],
  // numbers
  ...['abs', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'ceil', 'ceiling', 'cos', 'cosh'],
  ...['degrees', 'exp', 'floor', 'ln', 'log', 'log10', 'log2', 'max', 'min', 'mod', 'pi', 'pow', 'power'],
  ...['radians', 'round', 'sign', 'sin', 'sinh', 'sqrt', 'tan', 'tanh', 'trunc'],
  // aggregates and windows
  ...['avg', 'count', 'group_concat', 'median', 'percentile', 'percentile_cont', 'percentile_disc'],
  ...['string_agg', 'sum', 'total', 'cume_dist', 'dense_rank', 'first_value', 'lag', 'last_value', 'lead'],
  ...['nth_value', 'ntile', 'percent_rank', 'rank', 'row_number'],
  // JSON
  ...['json', 'json_array', 'json_array_length', 'json_error_position', 'json_extract', 'json_group_array'],
  ...['json_group_object', 'json_insert', 'json_object', 'json_patch', 'json_pretty', 'json_quote'],
  ...['json_remove', 'json_replace', 'json_set', 'json_type', 'json_valid'],
  ...['jsonb', 'jsonb_array', 'jsonb_extract', 'jsonb_group_array', 'jsonb_group_object', 'jsonb_insert'],
  ...['jsonb_object', 'jsonb_patch', 'jsonb_remove', 'jsonb_replace', 'jsonb_set'],
  // full-text search and R-tree helpers, which act on granted tables only
  ...['bm25', 'highlight', 'snippet'],
];
