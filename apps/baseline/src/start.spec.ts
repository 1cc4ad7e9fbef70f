import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { RunningModelServer } from '#shared/model-server/model-server';
import { start } from './start.js';
import { shopPromptText } from './testing/shop-prompt.js';

const content = shopPromptText('How many customers are there?');
const sql = 'SELECT count(*) FROM customers';

describe('the baseline server', () => {
  let running: RunningModelServer;
  let client: OpenAI;

  beforeAll(async () => {
    running = await start({ BASELINE_PORT: '0' });
    client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => running.close());

  const messages = [{ role: 'user' as const, content }];

  it('answers a client of the OpenAI API, with usage', async () => {
    const completion = await client.chat.completions.create({ model: 'nano-baseline', messages, n: 2 });
    expect(completion.choices).toHaveLength(2);
    expect(completion.choices[0]?.message.content).toContain(sql);
    expect(completion.usage?.prompt_tokens).toBeGreaterThan(0);
    expect(completion.usage?.total_tokens).toBe(
      (completion.usage?.prompt_tokens ?? 0) + (completion.usage?.completion_tokens ?? 0),
    );
  });

  it('streams the same text, and the usage where asked', async () => {
    const stream = await client.chat.completions.create({
      model: 'nano-baseline',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let tokens: number | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      tokens = chunk.usage?.total_tokens ?? tokens;
    }
    expect(text).toBe(`\`\`\`sql\n${sql}\n\`\`\``);
    expect(tokens).toBeGreaterThan(0);
  });

  it('lists its one model and says that it is a baseline', async () => {
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['nano-baseline']);
  });

  it('is healthy', async () => {
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
  });

  it('refuses what it cannot answer with the code of the API it speaks', async () => {
    await expect(client.chat.completions.create({ model: 'other', messages })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    await expect(
      client.chat.completions.create({ model: 'nano-baseline', messages: [] }),
    ).rejects.toMatchObject({ status: 400 });
    const broken = await fetch(`${running.url}/v1/chat/completions`, { method: 'POST', body: '{' });
    expect(broken.status).toBe(400);
    expect((await fetch(`${running.url}/elsewhere`)).status).toBe(404);
  });
});

describe('start', () => {
  it('names a wrong setting', async () => {
    await expect(start({ BASELINE_PORT: '70000' })).rejects.toThrow(/BASELINE_PORT/);
  });

  it('rejects when the port is taken', async () => {
    const first = await start({ BASELINE_PORT: '0' });
    await expect(start({ BASELINE_PORT: new URL(first.url).port })).rejects.toThrow(/EADDRINUSE/);
    await first.close();
  });
});
