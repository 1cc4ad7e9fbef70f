import { createHash } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import type { Schemas } from '@qdrant/js-client-rest';
import type { IndexKey } from '../schema-index.js';
import type { IndexUnit, UnitSubject } from '../unit.js';

export type Condition = Schemas['FieldCondition'];

export const meaningVector = 'meaning';
export const wordsVector = 'words';

/** Of a point that is a unit. It never changes but for the versions that it lists. */
export type UnitPayload = UnitSubject & Pick<IndexKey, 'datasourceId' | 'part'> & VersionLists;

export interface VersionLists {
  /** It belongs to them, and to those that have one of them for a base. */
  versions: readonly string[];
  /** It does not belong to them, although it does to their base. */
  without: readonly string[];
}

/** Kind of the points that stand for a version itself. */
export const markerKind = 'version';

/** `building` from before the first unit of a version is written, `ready` once the last one is. */
export interface MarkerPayload extends Pick<IndexKey, 'datasourceId' | 'part'> {
  kind: typeof markerKind;
  versions: [string];
  /** The version that its points list where they are of both; null where all of them list it. */
  base: string | null;
  state: 'building' | 'ready';
  /** Milliseconds since the epoch. */
  at: number;
}

/** Fields that filters name; each has a payload index. */
export const filteredFields = ['datasourceId', 'part', 'kind', 'versions', 'without'] as const;

const namespace = '7c0ec1a1-4d0e-5a53-9a6f-3b3f1f0d1c55';

/** Equal for equal units, and for their vectors of one model alone. */
export function unitId(key: IndexKey, unit: IndexUnit): string {
  const content = createHash('sha256')
    .update(JSON.stringify([unit, unit.text === '' ? null : key.model]))
    .digest('hex');
  return uuidv5(`${key.datasourceId} ${key.part} ${content}`, namespace);
}

export function markerId({ datasourceId, part, version }: IndexKey): string {
  return uuidv5(`${datasourceId} ${part} ${markerKind} ${version}`, namespace);
}

export function match(field: (typeof filteredFields)[number], value: string): Condition {
  return { key: field, match: { value } };
}

/** Conditions of all that is kept of one part of a datasource's index. */
export function ofPart({ datasourceId, part }: Pick<IndexKey, 'datasourceId' | 'part'>): Condition[] {
  return [match('datasourceId', datasourceId), match('part', part)];
}

/** What the points of a version have, and what they have not. */
export function ofVersion(key: IndexKey, base: string | null): { must: Condition[]; must_not: Condition[] } {
  const any = base === null ? [key.version] : [base, key.version];
  return {
    must: [...ofPart(key), { key: 'versions', match: { any } }],
    must_not: [match('without', key.version)],
  };
}

export const isMarker = match('kind', markerKind);
