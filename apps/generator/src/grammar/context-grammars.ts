import { Inject, Injectable } from '@nestjs/common';
import type { Context } from '#shared/contracts/context';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { keepNewest } from '#shared/persistence/keep-newest';
import { GENERATOR_CONFIG, type GeneratorConfig } from '../config.js';
import { sqlGrammar } from './sql-grammar.js';

/** Grammars of contexts: questions that found the same tables share one. */
@Injectable()
export class ContextGrammars {
  private readonly kept = new Map<string, string | null>();

  constructor(@Inject(GENERATOR_CONFIG) private readonly config: Pick<GeneratorConfig, 'LLM_GRAMMAR'>) {}

  /** Over the context's tables with all of their columns; null where that is too much, or grammars are off. */
  grammarOf({ dialect, tables }: Context, snapshot: SchemaSnapshot): string | null {
    if (this.config.LLM_GRAMMAR === 'off') return null;
    const wanted = new Set(tables.map(({ name }) => name));
    const key = JSON.stringify([snapshot.fingerprint, ...[...wanted].toSorted()]);
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const grammar = sqlGrammar(
      dialect,
      snapshot.tables.filter(({ name }) => wanted.has(name)),
    );
    keepNewest(this.kept, key, grammar);
    return grammar;
  }
}
