import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SealedText } from './sealed-text.js';

const key = () => randomBytes(32).toString('base64');

describe('sealed text', () => {
  const sealer = new SealedText(key());

  it('opens what it sealed, and never seals alike twice', () => {
    const sealed = sealer.seal('postgres://u:secret@h/d', 'a');
    expect(sealed).not.toContain('secret');
    expect(sealer.seal('postgres://u:secret@h/d', 'a')).not.toBe(sealed);
    expect(sealer.open(sealed, 'a')).toBe('postgres://u:secret@h/d');
  });

  it('opens for its own context and key only', () => {
    const sealed = sealer.seal('text', 'a');
    expect(() => sealer.open(sealed, 'b')).toThrow();
    expect(() => new SealedText(key()).open(sealed, 'a')).toThrow();
  });

  it('opens what a previous key sealed, and seals it with the current one', () => {
    const [former, current] = [key(), key()];
    const rotating = new SealedText(current, former);
    const old = new SealedText(former).seal('text', 'a');
    expect(rotating.open(old, 'a')).toBe('text');
    const resealed = rotating.reseal(old, 'a')!;
    expect(new SealedText(current).open(resealed, 'a')).toBe('text');
    expect(rotating.reseal(resealed, 'a')).toBeUndefined();
    expect(() => rotating.open(old, 'b')).toThrow();
    expect(() => rotating.reseal(sealer.seal('text', 'a'), 'a')).toThrow();
  });
});
