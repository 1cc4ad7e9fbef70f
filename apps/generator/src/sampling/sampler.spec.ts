import { describe, expect, it } from '@jest/globals';
import type { GeneratorConfig } from '../config.js';
import { type Message, Model, type Reply, type ReplyOptions } from '../model/model.js';
import type { QueueLoad } from './queue-load.js';
import { affordable, comparable, Sampler } from './sampler.js';

const bounds = { SAMPLES_ALL_TO: 16, SAMPLES_ONE_FROM: 64 };

/** Sample n is text n; counts what is asked for. */
class NumberedModel extends Model {
  readonly asked: ReplyOptions[] = [];

  constructor(private readonly texts: readonly string[]) {
    super();
  }

  override limits = () => Promise.resolve({ contextTokens: null, maxTokens: 1 });

  override reply(_: readonly Message[], options: ReplyOptions): Promise<Reply> {
    this.asked.push(options);
    const { firstSample = 0, samples } = options;
    return Promise.resolve({
      texts: this.texts.slice(firstSample, firstSample + samples),
      model: 'm',
      endpoint: 'e',
      cut: [],
      constrained: false,
      promptTokens: 100,
      completionTokens: 10 * samples,
      gpuSeconds: 1,
    });
  }
}

async function sample(texts: string[], { waiting = 0, first = 2, onText = () => undefined } = {}) {
  const model = new NumberedModel(texts);
  const load = { now: () => waiting } as QueueLoad;
  const sampler = new Sampler(model, load, { ...bounds, SAMPLES_FIRST: first } as GeneratorConfig);
  const { signal } = new AbortController();
  const options = { purpose: 'first', dialect: 'sqlite', samples: texts.length, signal, onText } as const;
  return { reply: await sampler.sample([], options), asked: model.asked };
}

describe('Sampler', () => {
  it('asks for no more where the first ones agree', async () => {
    const { reply, asked } = await sample(['SELECT 1', '```sql\nselect  1;\n```', 'SELECT 3', 'SELECT 4']);
    expect(asked).toHaveLength(1);
    expect(reply).toMatchObject({ completionTokens: 20, sampling: { wanted: 4, steps: [2] } });
  });

  it('asks for the others where they do not, going on from the last one', async () => {
    const { reply, asked } = await sample(['SELECT 1', 'SELECT 2', 'SELECT 3', 'SELECT 4']);
    expect(reply).toMatchObject({
      texts: ['SELECT 1', 'SELECT 2', 'SELECT 3', 'SELECT 4'],
      promptTokens: 200,
      completionTokens: 40,
      gpuSeconds: 2,
      sampling: { wanted: 4, steps: [2, 2] },
    });
    expect(asked[1]).toMatchObject({ samples: 2, firstSample: 2 });
    expect(asked[1]).not.toHaveProperty('onText');
  });

  it('takes replies without SQL for no agreement', async () => {
    expect((await sample(['I cannot', 'I cannot', 'SELECT 3'])).asked).toHaveLength(2);
  });

  it('asks for all at once where the first step has room for all', async () => {
    const { reply, asked } = await sample(['SELECT 1', 'SELECT 1', 'SELECT 3'], { first: 16 });
    expect(asked).toHaveLength(1);
    expect(reply).toMatchObject({ texts: ['SELECT 1', 'SELECT 1', 'SELECT 3'], sampling: { steps: [3] } });
  });

  it('asks for one, and says so, while many queries wait', async () => {
    const { reply, asked } = await sample(['SELECT 1', 'SELECT 2'], { waiting: 100 });
    expect(asked.map(({ samples }) => samples)).toEqual([1]);
    expect(reply.sampling).toEqual({ wanted: 2, steps: [1] });
  });

  it('adapts in proportion between its bounds', () => {
    const of = (waiting: number) => affordable(8, waiting, bounds);
    expect([0, 16, 40, 60, 64, 5_000].map(of)).toEqual([8, 8, 4, 1, 1, 1]);
  });

  it('compares statements by their words, not by those in quotes', () => {
    expect(comparable("SELECT  A FROM t WHERE b = 'X  y' ;")).toBe("select a from t where b = 'X  y'");
    expect(comparable("select a from t where b = 'x y'")).not.toBe(
      comparable("select a from t where b = 'X y'"),
    );
  });
});
