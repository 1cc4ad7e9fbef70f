import { Inject, Injectable } from '@nestjs/common';
import type { Context } from '#shared/contracts/context';
import { RETRIEVER_CONFIG, type RetrieverConfig } from '../config.js';
import type { SnapshotContext } from '../context/snapshot-context.js';
import type { UnitHit } from '../indexing/unit.js';
import { isEnglish, mentions, questionStems, tells } from '../indexing/words.js';
import { SchemaSearch } from '../schema-search.js';

export interface Asked {
  datasourceId: string;
  fingerprint: string;
  question: string;
}

/** The units nearest to a question that are compared with it once more. */
const compared = 16;

/**
 * Tells whether anything of a schema is like a question. In doubt it is: a question that is refused wrongly costs more than one
 * that the model gets in vain.
 */
@Injectable()
export class Evidence {
  constructor(
    private readonly search: SchemaSearch,
    @Inject(RETRIEVER_CONFIG) private readonly config: RetrieverConfig,
  ) {}

  /** @param hits of the question, best first */
  async isThere(
    asked: Asked,
    context: Context,
    hits: readonly UnitHit[],
    snapshot: SnapshotContext,
  ): Promise<boolean> {
    const { question } = asked;
    const floor = this.config.RELEVANCE_FLOOR;
    // Of a question in another language words say nothing, and encoders that know English alone say it wrongly.
    if (floor === 0 || !tells(question) || !isEnglish(question)) return true;
    if (context.values.length + (context.terms?.length ?? 0) > 0) return true;
    const words = new Set(questionStems(question));
    const examples = context.examples.map((example) => example.question);
    const texts = [...context.tables.map(({ card }) => card), ...examples];
    if (texts.some((text) => mentions(text, words))) return true;
    if (await this.search.knowsWords(asked.datasourceId, asked.fingerprint, question)) return true;
    const nearby = [...snapshot.textsOf(hits.slice(0, compared)), ...examples];
    const nearest = await this.search.nearness(question, nearby);
    // Without vectors nothing tells a word that means the same from one that means nothing here.
    return nearest === null || nearest >= floor;
  }
}
