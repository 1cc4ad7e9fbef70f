import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  type DescribedDatasource,
  describedDatasourceSchema,
  type Descriptions,
  descriptionsSchema,
} from '#shared/contracts/descriptions';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { SnapshotReader } from '#shared/persistence/snapshot.reader';
import { JobQueue } from '#shared/queue/job-queue';
import { findDatasource } from '../datasources/find-datasource.js';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { unknownNames } from './unknown-names.js';

@ApiTags('descriptions')
@ApiBearerAuth()
@Controller('v1/datasources/:name/descriptions')
export class DescriptionsController {
  constructor(
    private readonly datasources: DatasourceStore,
    private readonly snapshots: SnapshotReader,
    private readonly queue: JobQueue,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What people say of its tables, columns and terms',
    operationId: 'getDescriptions',
  })
  @ApiResponse({ status: 200, schema: schemaOf(describedDatasourceSchema) })
  @problemResponse(401, 404, 503)
  async get(@Param('name') name: string): Promise<DescribedDatasource> {
    const { id, fingerprint } = await findDatasource(this.datasources, name);
    return this.withWarnings(id, fingerprint, (await this.datasources.descriptions(id)) ?? {});
  }

  @Put()
  @ApiOperation({
    summary: 'Replace all of it; the schema is read and indexed again with it',
    operationId: 'putDescriptions',
  })
  @ApiResponse({ status: 200, schema: schemaOf(describedDatasourceSchema) })
  @problemResponse(400, 401, 404, 413, 415, 503)
  async put(
    @Param('name') name: string,
    @Body({ schema: descriptionsSchema }) descriptions: Descriptions,
  ): Promise<DescribedDatasource> {
    const { id, fingerprint } = await findDatasource(this.datasources, name);
    await this.datasources.storeDescriptions(id, descriptions);
    await this.queue.replace('index', { datasourceId: id });
    return this.withWarnings(id, fingerprint, descriptions);
  }

  private async withWarnings(
    id: string,
    fingerprint: string | null,
    descriptions: Descriptions,
  ): Promise<DescribedDatasource> {
    const snapshot = fingerprint === null ? undefined : await this.snapshots.snapshot(id, fingerprint);
    return { descriptions, warnings: snapshot ? unknownNames(descriptions, snapshot.tables) : [] };
  }
}
