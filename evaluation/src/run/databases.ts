import { createHash } from 'node:crypto';
import type { Question, QuestionSet } from '../questions/question-set.js';
import type { EvaluatedService } from './service.js';

const atATime = 4;

/** Datasources for the databases of a set, and what was registered for this run only. */
export class EvaluatedDatabases {
  private readonly registered: string[] = [];
  private readonly names = new Map<string, string>();

  constructor(private readonly service: EvaluatedService) {}

  async register(set: QuestionSet, questions: readonly Question[]): Promise<void> {
    const waiting = [...new Set(questions.map(({ dbId }) => dbId))];
    const next = async (): Promise<void> => {
      for (let dbId = waiting.shift(); dbId !== undefined; dbId = waiting.shift()) {
        const [file = ''] = set.databases(dbId);
        const name = datasourceName(dbId, file);
        this.names.set(dbId, name);
        if ((await this.service.register(name, file)).isNew) this.registered.push(name);
      }
    };
    await Promise.all(Array.from({ length: atATime }, next));
  }

  nameOf(dbId: string): string {
    return this.names.get(dbId) ?? dbId;
  }

  /** Takes away what was not there before. */
  async remove(): Promise<void> {
    for (const name of this.registered.splice(0)) await this.service.remove(name);
  }
}

/** The same for the same file, so that a run that is resumed finds it again; unlike any name people choose. */
function datasourceName(dbId: string, file: string): string {
  const readable = dbId.toLowerCase().replaceAll(/[^a-z0-9_-]/gu, '-');
  const digest = createHash('sha256').update(file).digest('hex').slice(0, 8);
  return `eval-${readable.slice(0, 40)}-${digest}`;
}
