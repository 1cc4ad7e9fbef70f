import Table from 'cli-table3';
import type { DatasourceView } from '../client/gateway-client.js';
import { plain, type Output } from './terminal.js';

const plainTable = { style: { head: [], border: [], compact: true } };

export function printDatasources(datasources: readonly DatasourceView[], output: Output): void {
  const table = new Table({ head: ['name', 'dialect', 'status', 'location'], ...plainTable });
  for (const { name, dialect, status, location } of datasources)
    table.push([name, dialect, status, plain(location)]);
  output.line(datasources.length === 0 ? 'No datasource is registered.' : table.toString());
}

export function printDatasource(datasource: DatasourceView, output: Output): void {
  const { name, dialect, status, location, error, refreshSeconds, tables = [] } = datasource;
  const schedule = refreshSeconds ? `  refreshed every ${refreshSeconds} s` : '';
  output.line(`${output.style('bold', name)}  ${dialect}  ${status}  ${plain(location)}${schedule}`);
  if (error) output.line(output.style('red', `  ${error.code}: ${plain(error.message)}`));
  for (const table of tables) {
    const size = table.rowCount === undefined ? '' : `  ${table.rowCount} rows`;
    output.line(
      `\n  ${output.style('bold', plain(table.name))}${size}${comment(table.description ?? table.comment, output)}`,
    );
    for (const column of table.columns) {
      const key = table.primaryKey.includes(column.name) ? ' primary key' : '';
      const reference = table.foreignKeys.find(({ columns }) => columns[0] === column.name);
      const to = reference ? ` → ${plain(reference.referencedTable)}` : '';
      output.line(
        `    ${plain(column.name)} ${plain(column.type)}${key}${to}${comment(column.description ?? column.comment, output)}`,
      );
    }
  }
}

function comment(text: string | undefined, output: Output): string {
  return text ? output.style('dim', `  ${plain(text).replaceAll(/\s+/gu, ' ')}`) : '';
}
