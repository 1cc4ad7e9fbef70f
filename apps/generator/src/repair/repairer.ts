import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Candidate } from '#shared/contracts/attempt';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { SchemaNames } from '#shared/sql/schema-names';
import { Metrics } from '#shared/telemetry/metrics';
import { SchemaEngine } from './engine/schema-engine.js';
import { EngineProcess } from './engine/engine-process.js';
import { repairStatement } from './repair-statement.js';

/** Longer statements are left as they are. */
const longest = 16 * 1024;

/** Mends candidates that cannot run for a reason that the text and the snapshot tell, before anything runs. */
@Injectable()
export class Repairer implements OnApplicationShutdown {
  private readonly process = new EngineProcess();
  private readonly names = new WeakMap<SchemaSnapshot, SchemaNames>();

  constructor(private readonly metrics: Metrics) {}

  /** The same candidates in the same order; those that were mended say what was changed. */
  async repairAll(candidates: readonly Candidate[], snapshot: SchemaSnapshot): Promise<Candidate[]> {
    return Promise.all(candidates.map((candidate) => this.repair(candidate, snapshot)));
  }

  onApplicationShutdown(): void {
    this.process.close();
  }

  private async repair(candidate: Candidate, snapshot: SchemaSnapshot): Promise<Candidate> {
    if (candidate.outcome !== 'proposed' || candidate.sql.length > longest) return candidate;
    const schema = this.namesOf(snapshot);
    const engine = new SchemaEngine(this.process, snapshot, schema);
    const repaired = await repairStatement(candidate.sql, schema, engine);
    if (!repaired) return candidate;
    for (const { kind } of repaired.repairs) this.metrics.candidates.repairs.inc({ kind });
    return { ...candidate, ...repaired };
  }

  private namesOf(snapshot: SchemaSnapshot): SchemaNames {
    const known = this.names.get(snapshot) ?? new SchemaNames(snapshot);
    this.names.set(snapshot, known);
    return known;
  }
}
