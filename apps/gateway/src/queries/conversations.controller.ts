import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { queryStatuses } from '#shared/contracts/query';
import { Callers } from '../callers/callers.js';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { Conversations, type ConversationTurn } from './conversations.js';

const conversationSchema = z
  .object({
    id: z.string(),
    queries: z.array(
      z.object({
        id: z.string(),
        status: z.enum(queryStatuses),
        datasource: z.string(),
        question: z.string(),
        sql: z.string().nullable(),
        createdAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'Conversation' });

@ApiTags('queries')
@ApiBearerAuth()
@Controller('v1/conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: Conversations,
    private readonly callers: Callers,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'The questions of a conversation, oldest first', operationId: 'getConversation' })
  @ApiResponse({ status: 200, schema: schemaOf(conversationSchema) })
  @problemResponse(401, 404, 503)
  async get(
    @Param('id') id: string,
    @Req() http: FastifyRequest,
  ): Promise<{ id: string; queries: ConversationTurn[] }> {
    return { id, queries: await this.conversations.turns(id, this.callers.of(http)) };
  }
}
