import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { ApiBasicAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type OperatorActionList, operatorActionListSchema } from '#shared/contracts/operator-action';
import { permanent } from '#shared/errors/app-error';
import { OperatorActionStore } from '#shared/persistence/operator-action.store';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { OperatorAccess } from './operator.access.js';

const mostAtOnce = 500;
const listSchema = z.object({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
});

/** The record of what operators did. `ApiKeyGuard` leaves it to `OperatorAccess`. */
@ApiTags('operators')
@ApiBasicAuth()
@UseGuards(OperatorAccess)
@Controller('v1/operators/actions')
export class OperatorActionsController {
  constructor(private readonly store: OperatorActionStore) {}

  @Get()
  @ApiOperation({ summary: 'What operators did to jobs, newest first', operationId: 'listOperatorActions' })
  @ApiQuery({
    name: 'before',
    required: false,
    schema: { type: 'string' },
    description: `Only what came before this one, as \`next\` names it; ${mostAtOnce} at most come at once`,
  })
  @ApiResponse({ status: 200, schema: schemaOf(operatorActionListSchema) })
  @problemResponse(400, 401, 404, 503)
  async list(@Query() query: Record<string, string>): Promise<OperatorActionList> {
    const parsed = listSchema.safeParse(query);
    if (!parsed.success) throw permanent('invalid_request', 'before is the id of an action');
    return this.store.list(parsed.data.before ?? null, mostAtOnce);
  }
}
