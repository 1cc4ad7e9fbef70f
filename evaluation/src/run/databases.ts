import { createHash } from 'node:crypto';
import type { Question, QuestionSet } from '../questions/question-set.js';
import type { EvaluatedService } from './service.js';

const atATime = 4;

/** Datasources for the databases of a set, and what was registered for this run only. */
export class EvaluatedDatabases {
  private readonly registered = new Set<string>();
  private readonly names = new Map<string, string>();

  constructor(private readonly service: EvaluatedService) {}

  async register(set: QuestionSet, questions: readonly Question[]): Promise<void> {
    const waiting = [...new Set(questions.map(({ dbId }) => dbId))];
    const next = async (): Promise<void> => {
      for (let dbId = waiting.shift(); dbId !== undefined; dbId = waiting.shift()) {
        const { name, file } = datasourceOf(set, dbId);
        this.names.set(dbId, name);
        if ((await this.service.register(name, file)).isNew) this.registered.add(name);
      }
    };
    await Promise.all(Array.from({ length: atATime }, next));
  }

  /** Verified examples of those databases that are registered; the others' are left out. */
  async addExamples(examples: readonly Question[]): Promise<void> {
    const waiting = examples.filter(({ dbId }) => this.names.has(dbId));
    const next = async (): Promise<void> => {
      for (let example = waiting.shift(); example; example = waiting.shift())
        await this.service.addExample(this.nameOf(example.dbId), {
          question: example.question,
          sql: example.gold,
        });
    };
    await Promise.all(Array.from({ length: atATime }, next));
  }

  /** The run that is resumed was killed before it could take its databases away: this one does. */
  inherit(set: QuestionSet, questions: readonly Question[]): void {
    for (const { dbId } of questions) this.registered.add(datasourceOf(set, dbId).name);
  }

  nameOf(dbId: string): string {
    return this.names.get(dbId) ?? dbId;
  }

  /** Takes away what was not there before. */
  async remove(): Promise<void> {
    for (const name of this.registered) await this.service.remove(name);
    this.registered.clear();
  }
}

function datasourceOf(set: QuestionSet, dbId: string): { name: string; file: string } {
  const [file = ''] = set.databases(dbId);
  return { name: datasourceName(dbId, file), file };
}

/** The same for the same file, so that a run that is resumed finds it again; unlike any name people choose. */
function datasourceName(dbId: string, file: string): string {
  const readable = dbId.toLowerCase().replaceAll(/[^a-z0-9_-]/gu, '-');
  const digest = createHash('sha256').update(file).digest('hex').slice(0, 8);
  return `eval-${readable.slice(0, 40)}-${digest}`;
}
