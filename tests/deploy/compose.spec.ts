import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { parseEnvironment } from '#shared/config/environment';
import { composeFile, type ComposeService, readCompose } from './compose.js';
import { render } from './kustomize.js';
import { inOverlayWith } from './overlay-with.js';
import { workloads } from './pods.js';
import { appSchemas, isRead, required, stageApps } from './schemas.js';
// The Compose specification's own schema (Apache-2.0), commit 170098b of June 2026, laid out by this project's formatter.
import composeSchema from './compose-spec.schema.json' with { type: 'json' };

const compose = readCompose();
const services = Object.entries(compose.services);
const apps = Object.keys(appSchemas).map((name): [string, ComposeService] => [name, compose.services[name]!]);
const folder = dirname(composeFile);
const fileIn = (name: string) => readFileSync(join(folder, name), 'utf8');

it('follows the Compose specification', () => {
  const { $schema: _, ...schema } = composeSchema;
  const valid = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  valid(compose);
  expect(valid.errors ?? []).toEqual([]);
});

describe.each(services)('%s', (name, service) => {
  it('may do little', () => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.mem_limit).toBeDefined();
    // vLLM compiles kernels at run time, below folders of its own choosing.
    if (name !== 'vllm') expect(service.read_only).toBe(true);
  });

  it('is one version, healthy when it says so', () => {
    expect(service.image).toMatch(/:[^:]*\d/);
    if (!(name in appSchemas)) expect(service.healthcheck).toBeDefined();
  });

  it('has the networks, secrets and volumes that it names', () => {
    for (const network of service.networks ?? []) expect(compose.networks).toHaveProperty([network]);
    for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty([secret]);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(resolve(folder, source))).toBe(true);
      else if (!source.startsWith('$')) expect(compose.volumes).toHaveProperty([source]);
    }
  });
});

describe.each(apps)('the application %s', (name, service) => {
  const schema = appSchemas[name]!;

  it('starts what the build makes, not as root', () => {
    const [main = ''] = service.command ?? [];
    expect(existsSync(join(folder, '../..', main.replace(/^dist/, '.').replace(/js$/, 'ts')))).toBe(true);
    expect(service.user).toBe('65532:65532');
  });

  it('is given what it reads, all that it needs, and secrets in files alone', () => {
    const names = Object.keys(service.environment ?? {});
    for (const each of names) expect({ each, read: isRead(schema, each) }).toEqual({ each, read: true });
    for (const each of required(schema))
      expect(names.includes(each) || names.includes(`${each}_FILE`)).toBe(true);
    for (const [each, value] of Object.entries(service.environment ?? {}))
      if (each.endsWith('_FILE')) expect(service.secrets).toContain(value.replace('/run/secrets/', ''));
    expect(
      names.filter((each) => /KEY|PASSWORD|DATABASE_URL$|QUEUE_URL$/.test(each) && !each.endsWith('_FILE')),
    ).toEqual([]);
  });
});

it('publishes the gateway and Grafana, on loopback', () => {
  const published = services.filter(([, { ports }]) => ports);
  expect(published.map(([name]) => name)).toEqual(['gateway', 'grafana']);
  for (const [, { ports = [] }] of published)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

it('keeps apart what need not meet', () => {
  const members = (network: string) =>
    services.filter(([, { networks = [] }]) => networks.includes(network)).map(([name]) => name);
  expect(members('model')).toEqual(['generator', 'baseline', 'vllm']);
  expect(members('traces')).toEqual([...stageApps, 'tempo', 'grafana']);
  expect(members('index')).toEqual(['retriever', 'qdrant']);
  // The gateway tries a connection when it is registered, the retriever reads the schema, the executor runs statements.
  expect(members('targets')).toEqual(['gateway', 'retriever', 'executor']);
  expect(members('state').sort()).toEqual(
    ['backup', 'migrate', 'reseal', ...stageApps, 'postgres', 'redis'].sort(),
  );
  const open = Object.keys(compose.networks).filter((name) => !compose.networks[name]?.internal);
  expect(open).toEqual(['edge', 'targets']);
});

it('starts the stages when state is migrated, and migrates when it answers', () => {
  for (const name of stageApps)
    expect(compose.services[name]?.depends_on?.['migrate']).toEqual({
      condition: 'service_completed_successfully',
    });
  expect(compose.services['migrate']?.depends_on).toEqual({
    postgres: { condition: 'service_healthy' },
    redis: { condition: 'service_healthy' },
  });
});

it('keeps the master key from the generator', () => {
  expect(compose.services['generator']?.secrets).not.toContain('master_key');
});

it('makes backups as Kubernetes does, with the programs of its own server, when it is told to', () => {
  const { backup, postgres } = compose.services;
  const [container] = inOverlayWith(['backup'], 'single-node', (folder) => {
    const objects = render(folder);
    const found = workloads(objects).filter(({ component }) => ['backup', 'postgres'].includes(component));
    expect(new Set(found.map(({ pod }) => pod.containers[0]?.image))).toEqual(new Set([postgres?.image]));
    return found.find(({ component }) => component === 'backup')!.pod.containers;
  });
  expect(backup).toMatchObject({ image: postgres?.image, command: container?.command, restart: 'no' });
  expect(backup?.volumes).toContain('../k8s/backup/backup.sh:/etc/nano/backup.sh:ro');
  for (const name of ['backup', 'reseal']) expect(compose.services[name]?.profiles).toEqual([name]);
});

it('keeps every job of Redis', () => {
  const lines = fileIn('redis.conf').split('\n');
  expect(lines).toEqual(expect.arrayContaining(['appendonly yes', 'maxmemory-policy noeviction']));
});

it('asks the model for no more at a time than it batches', () => {
  const gpu = fileIn('gpu.env');
  expect(gpu).toMatch(/^GENERATOR_CONCURRENCY=\d+$/m);
  expect(compose.services['vllm']?.command).toContain('--max-num-seqs=${GENERATOR_CONCURRENCY:-16}');
  expect(compose.services['generator']?.environment?.['GENERATOR_CONCURRENCY']).toBe(
    '${GENERATOR_CONCURRENCY:-16}',
  );
});

it('sends spans where tracing is wanted, to what takes them and keeps them here', () => {
  const endpoint = new URL(/^OTEL_EXPORTER_OTLP_ENDPOINT=(.*)$/m.exec(fileIn('tracing.env'))?.[1] ?? '');
  expect(fileIn('tracing.env')).toMatch(/^COMPOSE_PROFILES=tracing$/m);
  expect(compose.services[endpoint.hostname]?.profiles).toEqual(['tracing']);
  for (const app of stageApps)
    expect(compose.services[app]?.environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe(
      '${OTEL_EXPORTER_OTLP_ENDPOINT:-}',
    );
  const tempo = parse(fileIn('../tempo/tempo.yml')) as {
    server: { http_listen_port: number };
    distributor: { receivers: { otlp: { protocols: { http: { endpoint: string } } } } };
    usage_report: object;
  };
  expect(tempo.distributor.receivers.otlp.protocols.http.endpoint).toBe(`0.0.0.0:${endpoint.port}`);
  expect(tempo.usage_report).toEqual({ reporting_enabled: false });
  expect(parse(fileIn('../grafana/provisioning/datasources/tempo.yml'))).toMatchObject({
    datasources: [{ uid: 'tempo', url: `http://${endpoint.hostname}:${tempo.server.http_listen_port}` }],
  });
});

it('makes its secrets once, each of which the applications take', () => {
  const made = mkdtempSync(join(tmpdir(), 'nano-secrets-'));
  try {
    const script = fileURLToPath(new URL('../../deploy/docker/secrets.mjs', import.meta.url));
    const make = () => execFileSync(process.execPath, [script, made], { encoding: 'utf8' });
    make();
    const all = Object.values(compose.secrets).map(({ file }) => file.replace('./secrets/', ''));
    const texts = () => all.map((file) => readFileSync(join(made, file), 'utf8'));
    const first = texts();
    expect(make()).toBe('');
    expect(texts()).toEqual(first);
    expect(statSync(made).mode & 0o077).toBe(0);
    for (const [name, service] of apps) {
      const environment = Object.entries(service.environment ?? {}).map(([each, value]) => [
        each,
        each.endsWith('_FILE')
          ? value.replace('/run/secrets', made)
          : value.replace(/^\$\{\w+:-(.*)\}$/, '$1'),
      ]);
      expect(() =>
        parseEnvironment(appSchemas[name]!, Object.fromEntries(environment) as never),
      ).not.toThrow();
    }
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
});
