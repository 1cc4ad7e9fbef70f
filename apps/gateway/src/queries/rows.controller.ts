import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { cellSchema, resultColumnSchema, truncations } from '#shared/contracts/query';
import { permanent } from '#shared/errors/app-error';
import { ownedGuard } from '../callers/owned.guard.js';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { type AnswerHead, AnswerRows } from './answer.rows.js';
import { csv, jsonLines, type RowFormat, spreadsheetCsv } from './row.formats.js';

const longestPart = 10_000;
const idSchema = z.uuid();
const rangeSchema = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(longestPart).default(1_000),
});
const formulasSchema = z.enum(['keep', 'escape']).default('keep');

const rowsSchema = z
  .object({
    columns: z.array(resultColumnSchema),
    offset: z.int(),
    rows: z.array(z.array(cellSchema)),
    rowCount: z.int().describe('Rows of the whole answer'),
    truncated: z.enum(truncations).nullable().describe("Which of the policy's limits cut the answer"),
  })
  .meta({ id: 'Rows' });
type Rows = z.infer<typeof rowsSchema>;

/** The rows of an answer, in parts and as files. */
@ApiTags('queries')
@ApiBearerAuth()
@Controller('v1/queries')
@UseGuards(ownedGuard('query'))
export class RowsController {
  constructor(private readonly answers: AnswerRows) {}

  @Get(':id/rows')
  @ApiOperation({ summary: 'A part of the rows of its answer', operationId: 'getRows' })
  @ApiQuery({ name: 'offset', required: false, description: 'Rows to pass over; 0 if left out' })
  @ApiQuery({ name: 'limit', required: false, description: 'Rows, 10,000 at most; 1,000 if left out' })
  @ApiResponse({ status: 200, schema: schemaOf(rowsSchema) })
  @problemResponse(400, 401, 404, 503)
  async rows(@Param('id') id: string, @Query() query: Record<string, string>): Promise<Rows> {
    const { columns, rowCount, truncated } = await this.head(id);
    const range = rangeSchema.safeParse(query);
    if (!range.success)
      throw permanent('invalid_request', `offset is 0 or more, limit from 1 to ${longestPart}`);
    const { offset, limit } = range.data;
    const rows: Rows['rows'] = [];
    for await (const part of this.answers.range(id, offset, limit)) rows.push(...part);
    return { columns, offset, rows, rowCount, truncated };
  }

  @Get(':id/rows.csv')
  @ApiOperation({ summary: 'All rows of its answer as CSV', operationId: 'getRowsAsCsv' })
  @ApiQuery({
    name: 'formulas',
    required: false,
    description:
      '`escape` keeps spreadsheets from running text that looks like a formula; `keep` if left out',
  })
  @ApiResponse({ status: 200, content: { 'text/csv': {} } })
  @problemResponse(400, 401, 404, 503)
  async csv(
    @Param('id') id: string,
    @Query('formulas') formulas: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = formulasSchema.safeParse(formulas);
    if (!wanted.success) throw permanent('invalid_request', 'formulas is keep or escape');
    await this.send(id, wanted.data === 'escape' ? spreadsheetCsv : csv, 'csv', reply);
  }

  @Get(':id/rows.jsonl')
  @ApiOperation({
    summary: 'All rows of its answer as lines of JSON: first the names of the columns, then an array a row',
    operationId: 'getRowsAsJsonLines',
  })
  @ApiResponse({ status: 200, content: { 'application/x-ndjson': {} } })
  @problemResponse(401, 404, 503)
  async jsonLines(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.send(id, jsonLines, 'jsonl', reply);
  }

  /** Page by page, as fast as the client takes it. */
  private async send(id: string, format: RowFormat, extension: string, reply: FastifyReply): Promise<void> {
    const { columns } = await this.head(id);
    await reply
      .header('Content-Type', format.contentType)
      .header('Content-Disposition', `attachment; filename="${id}.${extension}"`)
      .header('X-Content-Type-Options', 'nosniff')
      .send(Readable.from(this.texts(id, columns, format)));
  }

  private async *texts(id: string, columns: Answered['columns'], format: RowFormat): AsyncGenerator<string> {
    yield format.head(columns);
    for await (const rows of this.answers.range(id, 0, Infinity))
      yield rows.map((row) => format.row(row)).join('');
  }

  private async head(id: string): Promise<Answered> {
    const head = idSchema.safeParse(id).success ? await this.answers.head(id) : undefined;
    if (!head) throw permanent('not_found', `There is no query ${id.slice(0, 64)}.`);
    const { columns } = head;
    if (columns === null)
      throw permanent(
        'not_found',
        `The query has no rows: it is ${head.status}${head.status === 'succeeded' ? ', with a clarification' : ''}.`,
      );
    return { ...head, columns };
  }
}

type Answered = AnswerHead & { columns: NonNullable<AnswerHead['columns']> };
