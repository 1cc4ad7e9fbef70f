import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessPolicySchema } from '#shared/contracts/datasource';
import type { CreateQuery, QueryView } from '#shared/contracts/query';
import type { EvaluatedService } from '../../../../evaluation/src/run/service.js';
import { askQuestion } from '../client/ask-question.js';
import type { GatewayClient } from '../client/gateway-client.js';
import { GatewayProblem } from '../client/problem.js';
import { untilReady } from '../embedded/samples.js';

/** As many rows as a policy may allow: two results that differ past the default limit must not look alike in a vote. */
const maxRows = accessPolicySchema.shape.maxRows.unwrap().maxValue ?? undefined;
const maxBytes = 64 * 1024 * 1024;
const refusedPauseMs = 500;

/** A running service, over HTTP. */
export class GatewayService implements EvaluatedService {
  constructor(private readonly client: GatewayClient) {}

  async register(name: string, file: string): Promise<{ isNew: boolean }> {
    const location = realpathSync(resolve(file));
    const isNew = !(await this.isThere(name, location));
    if (isNew) {
      await this.client.registerDatasource({
        name,
        connection: { dialect: 'sqlite', file: location },
        policy: { ...(maxRows !== undefined && { maxRows }), maxBytes },
      });
    }
    await untilReady(this.client, name);
    return { isNew };
  }

  async remove(name: string): Promise<void> {
    try {
      await this.client.removeDatasource(name);
    } catch (error) {
      if (!(error instanceof GatewayProblem && error.code === 'unknown_datasource')) throw error;
    }
  }

  async addExample(name: string, example: { question: string; sql: string }): Promise<void> {
    await this.client.addExample(name, example);
  }

  async ask(request: CreateQuery, interrupt: AbortSignal): Promise<QueryView> {
    for (;;) {
      try {
        return await askQuestion(this.client, request, () => undefined, interrupt);
      } catch (error) {
        if (!(error instanceof GatewayProblem && error.code === 'too_many_queries')) throw error;
        await sleep(refusedPauseMs);
      }
    }
  }

  private async isThere(name: string, location: string): Promise<boolean> {
    try {
      const present = await this.client.datasource(name);
      if (present.location === location && present.status !== 'failed') return true;
      await this.client.removeDatasource(name);
      return false;
    } catch (error) {
      if (error instanceof GatewayProblem && error.code === 'unknown_datasource') return false;
      throw error;
    }
  }
}
