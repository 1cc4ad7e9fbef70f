import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { v7 as uuidv7 } from 'uuid';
import { permanent } from '#shared/errors/app-error';
import { type DatasourceRow, DatasourceStore } from '#shared/persistence/datasource.store';
import { SnapshotReader } from '#shared/persistence/snapshot.reader';
import { JobQueue } from '#shared/queue/job-queue';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { problemResponse, schemaOf } from '../http/openapi.js';
import { checkConnection } from './connection-check.js';
import {
  type AddDatasource,
  addDatasourceSchema,
  type ChangeDatasource,
  changeDatasourceSchema,
  type DatasourceDetail,
  datasourceDetailSchema,
  datasourceListSchema,
  type DatasourceView,
  datasourceViewSchema,
} from './datasource.requests.js';
import { findDatasource } from './find-datasource.js';
import { scheduleRefresh } from './schedule-refresh.js';

@ApiTags('datasources')
@ApiBearerAuth()
@Controller('v1/datasources')
export class DatasourcesController {
  constructor(
    private readonly store: DatasourceStore,
    private readonly snapshots: SnapshotReader,
    private readonly queue: JobQueue,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Register a database; its schema is read in the background',
    operationId: 'addDatasource',
  })
  @ApiResponse({ status: 201, schema: schemaOf(datasourceViewSchema) })
  @problemResponse(400, 401, 409, 413, 415, 503)
  async add(@Body({ schema: addDatasourceSchema }) request: AddDatasource): Promise<DatasourceView> {
    const { connection, location } = await checkConnection(
      request.connection,
      this.config.SQLITE_ROOT,
      request.allowPrivileged,
      request.policy.asCaller,
    );
    const { name, policy, refreshSeconds } = request;
    const added = await this.store.add(uuidv7(), name, connection, location, policy, refreshSeconds);
    if (!added) throw permanent('datasource_exists', `There is a datasource named ${request.name}.`);
    const row = await findDatasource(this.store, request.name);
    await this.queue.enqueue('index', { datasourceId: row.id });
    if (refreshSeconds !== null) await scheduleRefresh(this.queue, row);
    return toView(row);
  }

  @Get()
  @ApiOperation({ summary: 'All datasources', operationId: 'listDatasources' })
  @ApiResponse({ status: 200, schema: schemaOf(datasourceListSchema) })
  @problemResponse(401, 503)
  async list(): Promise<{ datasources: DatasourceView[] }> {
    return { datasources: (await this.store.list()).map(toView) };
  }

  @Get(':name')
  @ApiOperation({
    summary: 'A datasource with the tables of its schema snapshot',
    operationId: 'getDatasource',
  })
  @ApiResponse({ status: 200, schema: schemaOf(datasourceDetailSchema) })
  @problemResponse(401, 404, 503)
  async get(@Param('name') name: string): Promise<DatasourceDetail> {
    const row = await findDatasource(this.store, name);
    const snapshot =
      row.fingerprint === null ? undefined : await this.snapshots.snapshot(row.id, row.fingerprint);
    return { ...toView(row), tables: snapshot?.tables ?? [], terms: snapshot?.terms ?? [] };
  }

  @Patch(':name')
  @ApiOperation({ summary: 'Change how often its schema is read again', operationId: 'changeDatasource' })
  @ApiResponse({ status: 200, schema: schemaOf(datasourceViewSchema) })
  @problemResponse(400, 401, 404, 413, 415, 503)
  async change(
    @Param('name') name: string,
    @Body({ schema: changeDatasourceSchema }) { refreshSeconds }: ChangeDatasource,
  ): Promise<DatasourceView> {
    const row = await findDatasource(this.store, name);
    await this.store.setRefreshSeconds(row.id, refreshSeconds);
    await scheduleRefresh(this.queue, { ...row, refreshSeconds });
    return toView({ ...row, refreshSeconds });
  }

  @Post(':name/refresh')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Read its schema again; the snapshot in use serves until the new one is there',
    operationId: 'refreshDatasource',
  })
  @ApiResponse({ status: 202, schema: schemaOf(datasourceViewSchema) })
  @problemResponse(401, 404, 503)
  async refresh(@Param('name') name: string): Promise<DatasourceView> {
    const { id } = await findDatasource(this.store, name);
    await this.store.markIndexing(id);
    await this.queue.replace('index', { datasourceId: id });
    return toView(await findDatasource(this.store, name));
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove it: its credentials and index go, the history of its queries stays',
    operationId: 'removeDatasource',
  })
  @ApiResponse({ status: 204 })
  @problemResponse(401, 404, 503)
  async remove(@Param('name') name: string): Promise<void> {
    const { id } = await findDatasource(this.store, name);
    await this.store.remove(name);
    await scheduleRefresh(this.queue, { id, refreshSeconds: null });
    await this.queue.replace('index', { datasourceId: id });
  }
}

function toView(row: DatasourceRow): DatasourceView {
  return {
    id: row.id,
    name: row.name,
    dialect: row.dialect,
    location: row.location,
    status: row.status,
    fingerprint: row.fingerprint,
    policy: row.policy,
    refreshSeconds: row.refreshSeconds,
    ...(row.error && { error: row.error }),
    createdAt: row.createdAt.toISOString(),
  };
}
