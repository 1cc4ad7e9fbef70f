/**
 * Records of a CSV text (RFC 4180): fields in double quotes may hold commas, line ends and doubled quotes.
 * @throws SyntaxError naming the line where a quote is not closed
 */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/uy;
  const source = text.replace(/^\ufeff/u, '');
  while (field.lastIndex < source.length) {
    const from = field.lastIndex;
    const match = field.exec(source);
    if (!match) throw new SyntaxError(`line ${lineOf(source, from)}: a field is not quoted as CSV wants it`);
    const [, quoted, plain = '', end] = match;
    record.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',' && field.lastIndex < source.length) continue;
    if (end === ',') record.push('');
    records.push(record);
    record = [];
  }
  return records.filter((fields) => fields.length > 1 || fields[0] !== '');
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
