import { expect, it } from '@jest/globals';
import { Card } from './card.js';
import { cardSeconds, type Speed } from './speed.js';

const speed: Speed = { prefillPerSecond: 10_000, decodePerSecond: 200, batchGrowth: 0.5 };

function run(card: Card, work: { read: number; written: number }) {
  const started = performance.now();
  return new Promise<{ firstMs: number; lastMs: number }>((resolve) => {
    let [left, firstMs] = [work.written, 0];
    card.add({
      toRead: work.read,
      toWrite: work.written,
      onToken: () => {
        firstMs ||= performance.now() - started;
        left -= 1;
        if (left === 0) resolve({ firstMs, lastMs: performance.now() - started });
      },
      isGone: () => false,
    });
  });
}

it('reads the prompt, then writes at its speed', async () => {
  const work = { read: 1_000, written: 40 };
  const { firstMs, lastMs } = await run(new Card(speed, 16), work);
  expect(firstMs).toBeGreaterThanOrEqual(100);
  expect(lastMs).toBeGreaterThanOrEqual(cardSeconds(speed, work, 1) * 1_000 - 5);
  expect(lastMs).toBeLessThan(600);
});

it('writes several replies at a time faster than one after the other, and no more than its batch', async () => {
  const work = { read: 1, written: 20 };
  const card = new Card(speed, 4);
  const times = await Promise.all(Array.from({ length: 8 }, () => run(card, work)));
  // Four at a time are written at twice the speed of one: two rounds of 200 ms.
  const ms = Math.max(...times.map(({ lastMs }) => lastMs));
  expect(ms).toBeGreaterThanOrEqual(8 * cardSeconds(speed, work, 4) * 1_000 - 10);
  expect(ms).toBeLessThan(8 * cardSeconds(speed, work, 1) * 1_000);
  expect(times.filter(({ firstMs }) => firstMs < 150)).toHaveLength(4);
});

it('forgets whom nobody waits for', async () => {
  const card = new Card(speed, 1);
  card.add({ toRead: 1, toWrite: 10_000, onToken: () => undefined, isGone: () => true });
  expect((await run(card, { read: 1, written: 1 })).lastMs).toBeLessThan(500);
});
