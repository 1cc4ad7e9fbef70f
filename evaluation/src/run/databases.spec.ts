import { describe, expect, it } from '@jest/globals';
import type { QuestionSet } from '../questions/question-set.js';
import { EvaluatedDatabases } from './databases.js';
import type { EvaluatedService } from './service.js';

const questions = ['pets', 'shops'].map((dbId, index) => ({ index, dbId, question: '?', gold: 'SELECT 1' }));
const set: QuestionSet = { questions, schemas: new Map(), databases: (dbId) => [`/${dbId}.sqlite`] };

/** Holds datasources as the service does. */
function serviceWith(present: Set<string>): EvaluatedService {
  return {
    addExample: () => Promise.reject(new Error('no example is added here')),
    register: (name) => {
      const isNew = !present.has(name);
      present.add(name);
      return Promise.resolve({ isNew });
    },
    remove: (name) => Promise.resolve(void present.delete(name)),
    ask: () => Promise.reject(new Error('is not asked to')),
  };
}

describe('EvaluatedDatabases', () => {
  it('takes away what it registered, and nothing that was there', async () => {
    const present = new Set(['sales']);
    const own = new EvaluatedDatabases(serviceWith(present));
    await own.register(set, questions.slice(0, 1));
    const another = new EvaluatedDatabases(serviceWith(present));
    await another.register(set, questions);
    expect(present.size).toBe(3);
    await another.remove();
    expect([...present]).toEqual(['sales', own.nameOf('pets')]);
  });

  it('takes away what a run that was killed has left, also where nothing more is asked of it', async () => {
    const present = new Set(['sales']);
    await new EvaluatedDatabases(serviceWith(present)).register(set, questions);
    const resumed = new EvaluatedDatabases(serviceWith(present));
    resumed.inherit(set, questions);
    await resumed.register(set, questions.slice(1));
    await resumed.remove();
    expect([...present]).toEqual(['sales']);
  });
});
