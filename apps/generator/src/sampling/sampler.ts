import { Inject, Injectable } from '@nestjs/common';
import type { Sampling } from '#shared/contracts/attempt';
import { GENERATOR_CONFIG, type GeneratorConfig } from '../config.js';
import { extractSql } from '../extraction/extract-sql.js';
import { type Message, Model, type Reply, type ReplyOptions } from '../model/model.js';
import { textsOf } from '../model/endpoint/many-samples.js';
import { QueueLoad } from './queue-load.js';

export interface Sampled extends Reply {
  /** Left out where one sample was wanted. */
  sampling?: Sampling;
}

/**
 * Asks for as many samples as the load allows, in two steps: where the first ones agree, the others are not asked for.
 */
@Injectable()
export class Sampler {
  constructor(
    @Inject(Model) private readonly model: Model,
    private readonly load: QueueLoad,
    @Inject(GENERATOR_CONFIG) private readonly config: GeneratorConfig,
  ) {}

  /** @throws like Model.reply */
  async sample(messages: readonly Message[], options: ReplyOptions): Promise<Sampled> {
    const { samples: wanted } = options;
    if (wanted === 1) return this.model.reply(messages, options);
    const samples = affordable(wanted, this.load.now(), this.config);
    const first = Math.min(this.config.SAMPLES_FIRST, samples);
    const reply = await this.model.reply(messages, { ...options, samples: first });
    if (first === samples || agree(reply.texts)) return { ...reply, sampling: { wanted, steps: [first] } };
    // The listener has had the first sample.
    const { onText: _, ...silent } = options;
    const rest = { ...silent, samples: samples - first, firstSample: first };
    const others = await this.model.reply(messages, rest);
    return { ...together(reply, others), sampling: { wanted, steps: [first, rest.samples] } };
  }
}

/** All of them up to the lower bound of waiting jobs, one from the upper on, and between them in proportion. */
export function affordable(
  wanted: number,
  waiting: number,
  {
    SAMPLES_ALL_TO: all,
    SAMPLES_ONE_FROM: one,
  }: Pick<GeneratorConfig, 'SAMPLES_ALL_TO' | 'SAMPLES_ONE_FROM'>,
): number {
  if (waiting <= all) return wanted;
  if (waiting >= one) return 1;
  return Math.max(1, Math.round((wanted * (one - waiting)) / (one - all)));
}

/** One sample agrees with nobody; a reply without SQL agrees with none. */
function agree(texts: readonly string[]): boolean {
  const [first, ...others] = texts.map((text) => comparable(extractSql(text)));
  return others.length > 0 && first !== null && others.every((sql) => sql === first);
}

/** The same for statements that differ in white space, in a closing semicolon, or in capitals outside of quotes. */
export function comparable(sql: string | null): string | null {
  if (sql === null) return null;
  const parts = sql.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[^'"`]+|['"`]/gu) ?? [];
  return parts
    .map((part) => (/^['"`]/u.test(part) ? part : part.replaceAll(/\s+/gu, ' ').toLowerCase()))
    .join('')
    .replace(/[\s;]+$/u, '')
    .trim();
}

function together(first: Reply, others: Reply): Reply {
  const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
  const fallback = first.fallback ?? others.fallback;
  const isPriced = first.gpuSeconds !== undefined && others.gpuSeconds !== undefined;
  return {
    ...first,
    ...textsOf([first, others]),
    constrained: first.constrained && others.constrained,
    promptTokens: sum(first.promptTokens, others.promptTokens),
    completionTokens: sum(first.completionTokens, others.completionTokens),
    ...(fallback && { fallback }),
    ...(isPriced && { gpuSeconds: (first.gpuSeconds ?? 0) + (others.gpuSeconds ?? 0) }),
  };
}
