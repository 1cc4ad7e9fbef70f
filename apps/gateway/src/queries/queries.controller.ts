import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type CreateQuery,
  createQuerySchema,
  isFinal,
  querySchema,
  type QueryView,
} from '#shared/contracts/query';
import { permanent } from '#shared/errors/app-error';
import { QueryStore } from '#shared/persistence/query.store';
import { Callers } from '../callers/callers.js';
import { ownedGuard } from '../callers/owned.guard.js';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { preferredWait } from '../http/preferences.js';
import { QueryChanges } from './query.changes.js';
import { QueryIntake } from './query.intake.js';
import { traceRequest } from './query.span.js';
import { QueryStream } from './query.stream.js';
import { QueryViews } from './query.views.js';

/** In the form that the database gives it back: watchers are told by it. */
const idSchema = z.uuid().toLowerCase();
const idempotencyKeySchema = z.string().min(1).max(255).optional();
const lastEventIdSchema = z.coerce.number().int().min(0).catch(0);

@ApiTags('queries')
@ApiBearerAuth()
@Controller('v1/queries')
@UseGuards(ownedGuard('query'))
export class QueriesController {
  constructor(
    private readonly intake: QueryIntake,
    private readonly views: QueryViews,
    private readonly changes: QueryChanges,
    private readonly stream: QueryStream,
    private readonly store: QueryStore,
    private readonly callers: Callers,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Ask a question', operationId: 'createQuery' })
  @ApiHeader({
    name: 'Prefer',
    required: false,
    description: '`wait=N` waits up to N seconds (300 at most) for the end',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: "A repeat of the same key gets the first one's query",
  })
  @ApiResponse({
    status: 200,
    description: 'The query ended in the time of `Prefer: wait`',
    schema: schemaOf(querySchema),
  })
  @ApiResponse({
    status: 202,
    description: 'Accepted; `Location` names the query',
    schema: schemaOf(querySchema),
  })
  @problemResponse(400, 401, 403, 404, 413, 415, 422, 429, 503)
  async create(
    @Body({ schema: createQuerySchema }) request: CreateQuery,
    @Headers() headers: Record<string, string | undefined>,
    @Req() http: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key = idempotencyKeySchema.safeParse(headers['idempotency-key']);
    if (!key.success) throw permanent('invalid_request', 'Idempotency-Key: has 1 to 255 characters');
    const { id, isNew } = await this.intake.accept(request, key.data, this.callers.of(http));
    if (isNew) traceRequest(id, http, reply);
    const wait = preferredWait(headers['prefer']);
    // Before it is enqueued: its end cannot be missed then.
    const end = wait > 0 ? this.changes.ended(id, wait * 1_000, closed(reply), isNew) : undefined;
    if (isNew) await this.intake.enqueue(id);
    await end;
    const query = await this.find(id);
    const done = wait > 0 && isFinal(query.status);
    if (wait > 0) void reply.header('Preference-Applied', `wait=${wait}`);
    await reply
      .header('Location', `/v1/queries/${id}`)
      .status(done ? 200 : 202)
      .send(query);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'A query with its attempts and, once it succeeded, its rows',
    operationId: 'getQuery',
  })
  @ApiResponse({ status: 200, schema: schemaOf(querySchema) })
  @problemResponse(401, 404, 503)
  get(@Param('id') id: string): Promise<QueryView> {
    return this.find(id);
  }

  @Get(':id/events')
  @ApiOperation({
    summary: 'Its transitions as server-sent events, to its end',
    operationId: 'getQueryEvents',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Resumes after this event' })
  @ApiResponse({
    status: 200,
    description: '`id` counts from 1, `event` is the status, `data` the event as JSON',
    content: { 'text/event-stream': {} },
  })
  @ApiResponse({ status: 204, description: 'The query has ended and the client has seen all of it' })
  @problemResponse(401, 404, 503)
  async events(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { data: known } = idSchema.safeParse(id);
    const [query] = known === undefined ? [] : await this.views.statuses([known]);
    if (!query) throw unknownQuery(id);
    const after = lastEventIdSchema.parse(lastEventId ?? 0);
    if (isFinal(query.status) && after >= query.version) {
      // Nothing will follow: 204 is what tells an EventSource not to reconnect.
      await reply.status(204).send();
      return;
    }
    reply.hijack();
    this.stream.send(query.id, after, reply.raw);
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel; a query that has ended stays as it is', operationId: 'cancelQuery' })
  @ApiResponse({ status: 200, schema: schemaOf(querySchema) })
  @problemResponse(401, 404, 503)
  async cancel(@Param('id') id: string): Promise<QueryView> {
    const { data: known } = idSchema.safeParse(id);
    if (known !== undefined) await this.store.cancel(known);
    return this.find(id);
  }

  private async find(id: string): Promise<QueryView> {
    const { data: known } = idSchema.safeParse(id);
    const query = known === undefined ? undefined : await this.views.byId(known);
    if (!query) throw unknownQuery(id);
    return query;
  }
}

function unknownQuery(id: string) {
  return permanent('not_found', `There is no query ${id.slice(0, 64)}.`);
}

/** Aborts when the client goes away: nobody waits then. */
function closed(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // Of the response, not of its connection: that one lives on for further requests, and would keep this one.
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
