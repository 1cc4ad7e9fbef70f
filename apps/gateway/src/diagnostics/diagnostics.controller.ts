import { Controller, Get, Header } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Diagnostics as View, diagnosticsSchema } from '#shared/contracts/diagnostics';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { Diagnostics } from './diagnostics.js';

@ApiTags('diagnostics')
@ApiBearerAuth()
@Controller('v1/diagnostics')
export class DiagnosticsController {
  private looking: Promise<View> | undefined;

  constructor(private readonly diagnostics: Diagnostics) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'How state, queue, processes, model servers and datasources are; also while some are away',
    operationId: 'getDiagnostics',
  })
  @ApiResponse({ status: 200, schema: schemaOf(diagnosticsSchema) })
  @problemResponse(401)
  get(): Promise<View> {
    // However many ask at once, one look serves them.
    this.looking ??= this.diagnostics.look().finally(() => (this.looking = undefined));
    return this.looking;
  }
}
