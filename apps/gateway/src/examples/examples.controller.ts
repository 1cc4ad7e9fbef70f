import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type AddExample,
  addExampleSchema,
  type Example,
  type ExampleList,
  exampleListSchema,
  exampleSchema,
} from '#shared/contracts/example';
import { permanent } from '#shared/errors/app-error';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { ExampleStore } from '#shared/persistence/example.store';
import { Callers } from '../callers/callers.js';
import { findDatasource } from '../datasources/find-datasource.js';
import { problemResponse, schemaOf } from '../http/openapi.js';

const mostAtOnce = 500;
const idSchema = z.uuid();

@ApiTags('examples')
@ApiBearerAuth()
@Controller('v1/datasources/:name/examples')
export class ExamplesController {
  constructor(
    private readonly examples: ExampleStore,
    private readonly datasources: DatasourceStore,
    private readonly callers: Callers,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Approve SQL for a question; the example with that question is replaced',
    operationId: 'addExample',
  })
  @ApiResponse({ status: 201, schema: schemaOf(exampleSchema) })
  @problemResponse(400, 401, 404, 409, 413, 415, 503)
  async add(
    @Param('name') name: string,
    @Body({ schema: addExampleSchema }) request: AddExample,
    @Req() http: FastifyRequest,
  ): Promise<Example> {
    const { id } = await findDatasource(this.datasources, name);
    return this.examples.add(id, request, this.callers.of(http));
  }

  @Get()
  @ApiOperation({ summary: 'Its verified examples, oldest first', operationId: 'listExamples' })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'string', format: 'uuid' },
    description: `Only examples after this one, as \`next\` names it; ${mostAtOnce} at most come at once`,
  })
  @ApiResponse({ status: 200, schema: schemaOf(exampleListSchema) })
  @problemResponse(400, 401, 404, 503)
  async list(@Param('name') name: string, @Query('after') after?: string): Promise<ExampleList> {
    const { id } = await findDatasource(this.datasources, name);
    const parsed = idSchema.optional().safeParse(after);
    if (!parsed.success) throw permanent('invalid_request', 'after: expected the id of an example');
    return this.examples.list(id, parsed.data ?? null, mostAtOnce);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take an example back', operationId: 'removeExample' })
  @ApiResponse({ status: 204 })
  @problemResponse(401, 404, 503)
  async remove(
    @Param('name') name: string,
    @Param('id') id: string,
    @Req() http: FastifyRequest,
  ): Promise<void> {
    const datasource = await findDatasource(this.datasources, name);
    const caller = this.callers.of(http);
    const removed = idSchema.safeParse(id).success && (await this.examples.remove(datasource.id, id, caller));
    if (!removed) throw permanent('not_found', `There is no example ${id.slice(0, 64)}.`);
  }
}
