import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { refusalOf } from '#shared/contracts/caller';
import { checkSchema, type CheckView, createCheckSchema } from '#shared/contracts/check';
import { permanent, retryable } from '#shared/errors/app-error';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { CheckStore } from '#shared/persistence/check.store';
import { JobQueue } from '#shared/queue/job-queue';
import { Callers } from '../callers/callers.js';
import { ownedGuard } from '../callers/owned.guard.js';
import { problemResponse, schemaOf } from '../http/openapi.js';

const mostOpen = 32;
const retryAfterMs = 2_000;
const idSchema = z.uuid();
const afterSchema = z.coerce.number().int().min(0).max(1_000_000).catch(0);

@ApiTags('checks')
@ApiBearerAuth()
@Controller('v1/checks')
@UseGuards(ownedGuard('check'))
export class ChecksController {
  constructor(
    private readonly store: CheckStore,
    private readonly datasources: DatasourceStore,
    private readonly queue: JobQueue,
    private readonly callers: Callers,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Send statements through the guard and the sandbox, and keep no rows',
    operationId: 'createCheck',
  })
  @ApiResponse({ status: 202, schema: schemaOf(checkSchema) })
  @problemResponse(400, 401, 403, 404, 413, 415, 429, 503)
  async create(
    @Body({ schema: createCheckSchema }) request: z.output<typeof createCheckSchema>,
    @Req() http: FastifyRequest,
  ): Promise<CheckView> {
    const open = await this.store.countOpen();
    if (open >= mostOpen)
      throw retryable('too_many_checks', `${open} checks are open, as many as the service takes.`, {
        retryAfterMs,
      });
    const caller = this.callers.of(http);
    const refusal = refusalOf((await this.datasources.byName(request.datasource))?.policy.asCaller, caller);
    if (refusal !== null) throw permanent('caller_refused', refusal);
    const id = uuidv7();
    if (!(await this.store.add(id, request, caller)))
      throw permanent('unknown_datasource', `There is no datasource named ${request.datasource}.`);
    await this.queue.enqueue('check', { checkId: id, part: 0 });
    return this.find(id, 0);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A check with the verdicts that are there', operationId: 'getCheck' })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'integer' },
    description: 'Only verdicts after this statement; 500 at most come at once',
  })
  @ApiResponse({ status: 200, schema: schemaOf(checkSchema) })
  @problemResponse(401, 404, 503)
  get(@Param('id') id: string, @Query('after') after?: string): Promise<CheckView> {
    return this.find(id, afterSchema.parse(after));
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Stop it; statements that run at this moment still end',
    operationId: 'cancelCheck',
  })
  @ApiResponse({ status: 200, schema: schemaOf(checkSchema) })
  @problemResponse(401, 404, 503)
  async cancel(@Param('id') id: string): Promise<CheckView> {
    if (idSchema.safeParse(id).success) await this.store.cancel(id);
    return this.find(id, 0);
  }

  private async find(id: string, after: number): Promise<CheckView> {
    const check = idSchema.safeParse(id).success ? await this.store.view(id, after) : undefined;
    if (!check) throw permanent('not_found', `There is no check ${id.slice(0, 64)}.`);
    return check;
  }
}
