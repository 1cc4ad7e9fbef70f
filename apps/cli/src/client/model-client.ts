import { z } from 'zod';

const timeoutMs = 5_000;
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Asks an OpenAI-compatible server what it serves. Questions go through the generator only. */
export class ModelClient {
  constructor(
    readonly baseUrl: string,
    private readonly apiKey?: string,
  ) {}

  async models(): Promise<string[]> {
    const response = await fetch(`${this.baseUrl.replace(/\/$/u, '')}/models`, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: this.apiKey === undefined ? {} : { authorization: `Bearer ${this.apiKey}` },
    });
    if (!response.ok) throw new Error(`${this.baseUrl} answers ${response.status}`);
    return modelsSchema.parse(await response.json()).data.map(({ id }) => id);
  }
}
