import { describe, expect, it } from '@jest/globals';
import type { Cell } from '#shared/contracts/query';
import { csv, jsonLines, spreadsheetCsv } from './row.formats.js';

const cells: Cell[] = [1.5, true, null, '', 'a,b', 'say "hi"', 'two\r\nlines', ' spaced', '9007199254740993'];

describe('formats of rows', () => {
  it('writes CSV that keeps NULL and the empty string apart', () => {
    expect(csv.row(cells)).toBe(
      '1.5,true,,"","a,b","say ""hi""","two\r\nlines"," spaced",9007199254740993\r\n',
    );
    expect(
      csv.head([
        { name: 'a', type: '' },
        { name: 'a', type: '' },
      ]),
    ).toBe('a,a\r\n');
  });

  it('writes JSON lines that read back as they were', () => {
    expect(JSON.parse(jsonLines.row(cells))).toEqual(cells);
    expect(jsonLines.head([{ name: 'x"', type: 'TEXT' }])).toBe('["x\\""]\n');
  });

  it.each(['=HYPERLINK("x")', '+cmd', '-cmd|calc', '@SUM(1)', '\t=1', '\r=1', '\n=1', '-1+cmd'])(
    'makes text of the formula %j for spreadsheets',
    (cell) => {
      expect(spreadsheetCsv.row([cell])).toMatch(/^"?'/);
      expect(csv.row([cell])).not.toMatch(/^"?'/);
    },
  );

  it('leaves numbers alone for spreadsheets', () => {
    expect(spreadsheetCsv.row([-1, '-1', '-12.50', '+3e5', 'a=b'])).toBe('-1,-1,-12.50,+3e5,a=b\r\n');
    expect(spreadsheetCsv.head([{ name: '=1', type: '' }])).toBe("'=1\r\n");
  });
});
