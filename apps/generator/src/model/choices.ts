import type { CatalogueAdapter, CatalogueModel, ModelCatalogue } from '#shared/models/catalogue';
import type { Wanted } from './model.js';

/** A base model, or an adapter on it. */
export interface Choice {
  /** As requests name it. */
  name: string;
  model: CatalogueModel;
  adapter: CatalogueAdapter | null;
}

/**
 * Whom to ask, best first, never empty: by priority, of the same an adapter before a base model. The base of an adapter
 * stands in for it right behind it, whatever the catalogue says the base is for.
 */
export function choicesFor({ models }: ModelCatalogue, { purpose, dialect }: Wanted): Choice[] {
  const suits = ({ purposes, dialects }: Pick<CatalogueModel, 'purposes' | 'dialects'>) =>
    purposes.includes(purpose) && dialects.includes(dialect);
  const suitable = models
    .flatMap((model) => [
      ...model.adapters
        .filter(suits)
        .map((adapter) => ({ priority: adapter.priority, ...adapterOn(model, adapter) })),
      ...(suits(model) ? [{ priority: model.priority, ...baseOf(model) }] : []),
    ])
    .toSorted((a, b) => b.priority - a.priority || Number(b.adapter !== null) - Number(a.adapter !== null));
  const ordered = suitable.flatMap(({ model, adapter }) =>
    adapter ? [adapterOn(model, adapter), baseOf(model)] : [baseOf(model)],
  );
  return [...new Map(ordered.map((choice) => [choice.name, choice])).values()];
}

function baseOf(model: CatalogueModel): Choice {
  return { name: model.name, model, adapter: null };
}

function adapterOn(model: CatalogueModel, adapter: CatalogueAdapter): Choice {
  return { name: adapter.name, model, adapter };
}
