import { describe, expect, it } from '@jest/globals';
import { Pools } from './pools.js';

const closed: string[] = [];
const pool = (name: string, lastUsed: number, isQuiet = true) => ({
  usage: { busy: isQuiet ? 0 : 1, idle: 1, waiting: 0 },
  lastUsed,
  close: () => void closed.push(name),
});

describe('pools', () => {
  it('give way when there are too many: the quiet one that was used longest ago, never a busy one', async () => {
    const pools = new Pools<ReturnType<typeof pool>>(3);
    const busy = pools.of('busy', () => pool('busy', 1, false));
    pools.of('recent', () => pool('recent', 9));
    pools.of('old', () => pool('old', 2));
    pools.of('new', () => pool('new', 10));
    expect(closed).toEqual(['old']);
    expect(pools.of('busy', () => pool('another', 0))).toBe(busy);
    expect(pools.usage).toEqual({ busy: 1, idle: 3, waiting: 0 });
    await pools.close();
    expect(closed).toEqual(['old', 'busy', 'recent', 'new']);
  });

  it('are more than the most where all are busy', async () => {
    closed.length = 0;
    const pools = new Pools<ReturnType<typeof pool>>(1);
    pools.of('a', () => pool('a', 1, false));
    pools.of('b', () => pool('b', 2, false));
    expect(closed).toEqual([]);
    await pools.close();
    expect(closed).toEqual(['a', 'b']);
  });
});
