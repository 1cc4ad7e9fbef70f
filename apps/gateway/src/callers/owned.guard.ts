import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  mixin,
  type Type,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';
import type { Database } from '#shared/persistence/database';
import { DATABASE } from '#shared/persistence/tokens';
import { Callers } from './callers.js';

const tables = { query: 'query', check: 'statement_check' } as const;
const idSchema = z.uuid();

/** What one caller asked is not there for another: its rows are what that one may see. */
export function ownedGuard(kind: keyof typeof tables): Type<CanActivate> {
  @Injectable()
  class OwnedGuard implements CanActivate {
    constructor(
      @Inject(Callers) private readonly callers: Callers,
      @Inject(DATABASE) private readonly db: Database,
    ) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id?: string } }>>();
      const id = idSchema.safeParse(request.params.id);
      if (this.callers.header === undefined || !id.success) return true;
      const { rows } = await sql<{ caller: string | null }>`
        select caller from ${sql.table(tables[kind])} where id = ${id.data}`.execute(this.db);
      const asked = rows[0]?.caller ?? null;
      if (asked === null || asked === this.callers.of(request)) return true;
      throw permanent('not_found', `There is no ${kind} ${id.data}.`);
    }
  }
  return mixin(OwnedGuard);
}
