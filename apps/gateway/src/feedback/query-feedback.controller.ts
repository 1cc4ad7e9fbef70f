import { Body, Controller, Inject, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type AddFeedback,
  addFeedbackSchema,
  type Feedback,
  feedbackSchema,
} from '#shared/contracts/feedback';
import { isFinal } from '#shared/contracts/query';
import { permanent } from '#shared/errors/app-error';
import { FeedbackStore } from '#shared/persistence/feedback.store';
import { Metrics } from '#shared/telemetry/metrics';
import { Callers } from '../callers/callers.js';
import { ownedGuard } from '../callers/owned.guard.js';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { QueryViews } from '../queries/query.views.js';

const idSchema = z.uuid();

/** What whoever asked says of the answer. It changes nothing until a reviewer approves it. */
@ApiTags('feedback')
@ApiBearerAuth()
@Controller('v1/queries')
@UseGuards(ownedGuard('query'))
export class QueryFeedbackController {
  constructor(
    private readonly store: FeedbackStore,
    private readonly views: QueryViews,
    @Inject(Callers) private readonly callers: Callers,
    private readonly metrics: Metrics,
  ) {}

  @Post(':id/feedback')
  @ApiOperation({
    summary: 'Say of its answer that it is good or wrong, or correct it',
    operationId: 'addFeedback',
  })
  @ApiResponse({ status: 201, schema: schemaOf(feedbackSchema) })
  @problemResponse(400, 401, 404, 409, 413, 415, 503)
  async add(
    @Param('id') id: string,
    @Body({ schema: addFeedbackSchema }) request: AddFeedback,
    @Req() http: FastifyRequest,
  ): Promise<Feedback> {
    const [query] = idSchema.safeParse(id).success ? await this.views.statuses([id]) : [];
    if (!query) throw permanent('not_found', `There is no query ${id.slice(0, 64)}.`);
    if (!isFinal(query.status))
      throw permanent('query_open', `The query is ${query.status}: there is nothing to say of it yet.`);
    const added = await this.store.add(query.id, request, this.callers.of(http));
    this.metrics.gateway.feedback.inc({ verdict: request.verdict });
    return added;
  }
}
