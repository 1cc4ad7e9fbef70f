import type { ColumnSnapshot, ForeignKey, TableSnapshot } from '#shared/contracts/snapshot';

/** Reads back what `renderTableCard` of the shared library writes; null when the text is no card. */
export function parseTableCard(card: string): TableSnapshot | null {
  const [heading = '', ...lines] = card.trim().split('\n');
  const kind = /^(table|view) /.exec(heading);
  const name = kind && parseQualified(heading.slice(kind[0].length));
  if (!name) return null;
  const table: TableSnapshot = {
    name: name.name,
    kind: kind[1] === 'view' ? 'view' : 'table',
    columns: [],
    primaryKey: [],
    foreignKeys: [],
    ...parseAbout(name.rest),
  };
  for (const line of lines) parseLine(table, line.trim());
  return table;
}

function parseAbout(rest: string): Pick<TableSnapshot, 'comment' | 'rowCount'> {
  const about = /^ -- (.*?)(?:(?:(?<=^ -- )| )\((\d+) rows\))?$/.exec(rest);
  const [, comment = '', rows] = about ?? [];
  return { ...(comment ? { comment } : {}), ...(rows === undefined ? {} : { rowCount: Number(rows) }) };
}

function parseLine(table: TableSnapshot, line: string): void {
  const primary = /^primary key \((.*)\)$/.exec(line);
  const foreign = /^foreign key \((.*)\) references (.*)$/.exec(line);
  if (primary) table.primaryKey = parseNames(primary[1] ?? '');
  else if (foreign) {
    const reference = parseTarget(foreign[2] ?? '');
    if (reference) table.foreignKeys.push({ columns: parseNames(foreign[1] ?? ''), ...reference.key });
  } else parseColumn(table, line);
}

function parseColumn(table: TableSnapshot, line: string): void {
  const name = parseName(line);
  if (!name) return;
  const [declared = '', ...about] = ` ${name.rest.trim()}`.split(/ -- (.*)/s);
  let rest = declared.trim();
  for (let at = rest.search(/(?:^| )references /); at >= 0; at = rest.search(/(?:^| )references /)) {
    const target = parseTarget(rest.slice(at).trim().slice('references '.length));
    if (!target) break;
    table.foreignKeys.push({ columns: [name.name], ...target.key });
    rest = `${rest.slice(0, at)} ${target.rest}`.trim();
  }
  const primary = /(?:^| )primary key$/.exec(rest);
  if (primary) {
    table.primaryKey = [name.name];
    rest = rest.slice(0, primary.index);
  }
  // The card does not tell which columns refuse NULL.
  table.columns.push({
    name: name.name,
    type: rest.trim(),
    nullable: true,
    ...parseColumnAbout(about[0] ?? ''),
  });
}

function parseColumnAbout(about: string): Pick<ColumnSnapshot, 'comment' | 'sampleValues'> {
  const values = /(?:^|; )values: ('(?:[^']|'')*'(?:, '(?:[^']|'')*')*)$/.exec(about);
  const comment = values ? about.slice(0, values.index) : about;
  const cells = [...(values?.[1] ?? '').matchAll(/'((?:[^']|'')*)'/g)].map(([, cell = '']) =>
    cell.replaceAll("''", "'"),
  );
  return { ...(comment ? { comment } : {}), ...(cells.length > 0 ? { sampleValues: cells } : {}) };
}

function parseTarget(text: string): { key: Omit<ForeignKey, 'columns'>; rest: string } | null {
  const table = parseQualified(text);
  if (!table?.rest.startsWith('(')) return null;
  const columns: string[] = [];
  let rest = table.rest;
  do {
    const name = parseName(rest.slice(1).trimStart());
    if (!name) return null;
    columns.push(name.name);
    rest = name.rest.trimStart();
  } while (rest.startsWith(','));
  return { key: { referencedTable: table.name, referencedColumns: columns }, rest: rest.slice(1).trim() };
}

function parseNames(text: string): string[] {
  const names: string[] = [];
  for (let name = parseName(text); name; name = parseName(name.rest.replace(/^\s*,\s*/, '')))
    names.push(name.name);
  return names;
}

function parseQualified(text: string): { name: string; rest: string } | null {
  const first = parseName(text);
  if (!first?.rest.startsWith('.')) return first;
  const second = parseQualified(first.rest.slice(1));
  return second && { name: `${first.name}.${second.name}`, rest: second.rest };
}

/** A plain or quoted name at the start of the text. */
export function parseName(text: string): { name: string; rest: string } | null {
  const match = /^(?:([A-Za-z_][A-Za-z0-9_]*)|"((?:[^"]|"")*)")/.exec(text);
  if (!match) return null;
  return { name: match[1] ?? (match[2] ?? '').replaceAll('""', '"'), rest: text.slice(match[0].length) };
}
