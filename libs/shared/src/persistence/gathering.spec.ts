import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { gathering } from './gathering.js';
import { spacingMs } from './spaced.js';

const row = (id: string) => ({ id, name: `row ${id}` });

describe('gathering', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function counted(answer: (ids: readonly string[]) => Promise<{ id: string; name: string }[]>) {
    const asked: (readonly string[])[] = [];
    const read = gathering(async (ids) => {
      asked.push(ids);
      return answer(ids);
    }, 50);
    return { asked, read };
  }

  it('asks at once after a pause, and gathers what comes closely after it', async () => {
    const { asked, read } = counted(async (ids) => ids.map(row).toReversed());
    const first = read('a');
    expect(asked).toEqual([['a']]);
    const rest = [read('b'), read('c'), read('b')];
    expect(asked).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(spacingMs);
    expect(asked).toEqual([['a'], ['b', 'c']]);
    expect(await Promise.all([first, ...rest])).toEqual([row('a'), row('b'), row('c'), row('b')]);
    await jest.advanceTimersByTimeAsync(spacingMs);
    expect(asked).toHaveLength(2);
    void read('d');
    expect(asked).toHaveLength(3);
  });

  it('asks anew for what was asked before the statement began', async () => {
    const { asked, read } = counted(async (ids) => ids.map(row));
    await read('a');
    const again = read('a');
    await jest.advanceTimersByTimeAsync(spacingMs);
    expect(await again).toEqual(row('a'));
    expect(asked).toEqual([['a'], ['a']]);
  });

  it('gives nothing for a row that there is not', async () => {
    const { read } = counted(async () => []);
    expect(await read('a')).toBeUndefined();
  });

  it('fails those that share a statement, and nobody after them', async () => {
    let fails = true;
    const { read } = counted(async (ids) => {
      if (fails) throw new Error('Connection terminated unexpectedly');
      return ids.map(row);
    });
    const failed = Promise.allSettled([read('a'), read('b'), read('c')]);
    await jest.advanceTimersByTimeAsync(spacingMs);
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    fails = false;
    const next = read('a');
    await jest.advanceTimersByTimeAsync(spacingMs);
    expect(await next).toEqual(row('a'));
  });

  it('fails a row that cannot be read alone', async () => {
    const { asked, read } = counted(async (ids) => {
      if (ids.includes('bad')) throw new Error('could not decompress');
      return ids.map(row);
    });
    const asking = Promise.allSettled([read('a'), read('b'), read('bad'), read('c')]);
    await jest.advanceTimersByTimeAsync(spacingMs);
    expect((await asking).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(asked).toEqual([['a'], ['b', 'bad', 'c'], ['b'], ['bad'], ['c']]);
  });

  it('does not wait for more than a statement takes', () => {
    const { asked, read } = counted(async (ids) => ids.map(row));
    for (let id = 0; id <= 50; id += 1) void read(String(id));
    expect(asked.map((ids) => ids.length)).toEqual([1, 50]);
  });
});
