import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Feedback,
  type FeedbackList,
  feedbackListSchema,
  feedbackSchema,
  feedbackStatuses,
} from '#shared/contracts/feedback';
import { permanent } from '#shared/errors/app-error';
import { FeedbackStore, type ReviewedFeedback, withoutInternals } from '#shared/persistence/feedback.store';
import { Metrics } from '#shared/telemetry/metrics';
import { Callers } from '../callers/callers.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { DryRun } from './dry-run.js';

const mostAtOnce = 500;
const idSchema = z.uuid();
const listSchema = z.object({
  status: z.enum(feedbackStatuses).default('open'),
  after: idSchema.optional(),
});

/** The review of feedback: what a reviewer approves becomes a verified example at once. */
@ApiTags('feedback')
@ApiBearerAuth()
@Controller('v1/feedback')
export class FeedbackController {
  constructor(
    private readonly store: FeedbackStore,
    private readonly dryRun: DryRun,
    private readonly callers: Callers,
    private readonly metrics: Metrics,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Feedback to review, oldest first', operationId: 'listFeedback' })
  @ApiQuery({ name: 'status', required: false, schema: { enum: [...feedbackStatuses], default: 'open' } })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'string', format: 'uuid' },
    description: `Only what comes after this one, as \`next\` names it; ${mostAtOnce} at most come at once`,
  })
  @ApiResponse({ status: 200, schema: schemaOf(feedbackListSchema) })
  @problemResponse(400, 401, 403, 503)
  async list(@Req() http: FastifyRequest, @Query() query: Record<string, string>): Promise<FeedbackList> {
    this.reviewer(http);
    const parsed = listSchema.safeParse(query);
    if (!parsed.success)
      throw permanent('invalid_request', `status is ${feedbackStatuses.join(', ')}; after is an id`);
    return this.store.list(parsed.data.status, parsed.data.after ?? null, mostAtOnce);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Make a verified example of its SQL, once that has passed a dry run',
    operationId: 'approveFeedback',
  })
  @ApiResponse({ status: 200, schema: schemaOf(feedbackSchema) })
  @problemResponse(401, 403, 404, 409, 422, 503)
  async approve(@Param('id') id: string, @Req() http: FastifyRequest): Promise<Feedback> {
    const reviewer = this.reviewer(http);
    const feedback = await this.find(id);
    if (feedback.status === 'open') {
      const { verdict, sql, followsUp } = feedback;
      if (verdict === 'wrong' || sql === null)
        throw permanent(
          'nothing_to_approve',
          'It says that the answer is wrong and has no SQL in its place.',
        );
      if (followsUp)
        throw permanent(
          'nothing_to_approve',
          'The question goes on from earlier ones: it means nothing by itself.',
        );
      await this.dryRun.expectAllowed(feedback.datasource, sql, reviewer);
      if (await this.store.approve(feedback, sql, reviewer)) this.count('approved');
    }
    return this.decided(id, 'approved');
  }

  @Post(':id/reject')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put it aside', operationId: 'rejectFeedback' })
  @ApiResponse({ status: 200, schema: schemaOf(feedbackSchema) })
  @problemResponse(401, 403, 404, 409, 503)
  async reject(@Param('id') id: string, @Req() http: FastifyRequest): Promise<Feedback> {
    const reviewer = this.reviewer(http);
    if (await this.store.reject((await this.find(id)).id, reviewer)) this.count('rejected');
    return this.decided(id, 'rejected');
  }

  private count(decision: 'approved' | 'rejected'): void {
    this.metrics.gateway.reviews.inc({ decision });
  }

  /** Repeating a decision is no error, another one is. */
  private async decided(id: string, status: 'approved' | 'rejected'): Promise<Feedback> {
    const feedback = await this.find(id);
    if (feedback.status !== status)
      throw permanent('feedback_closed', `The feedback is ${feedback.status} already.`);
    return withoutInternals(feedback);
  }

  private async find(id: string): Promise<ReviewedFeedback> {
    const feedback = idSchema.safeParse(id).success ? await this.store.byId(id) : undefined;
    if (!feedback) throw permanent('not_found', `There is no feedback ${id.slice(0, 64)}.`);
    return feedback;
  }

  /** Feedback shows what others asked. Where callers are told apart, only those named as reviewers see it. */
  private reviewer(http: FastifyRequest): string | null {
    const caller = this.callers.of(http);
    if (this.callers.header === undefined) return null;
    if (caller !== null && this.config.NANO_REVIEWERS?.includes(caller)) return caller;
    throw permanent('not_a_reviewer', 'NANO_REVIEWERS does not name the caller.');
  }
}
