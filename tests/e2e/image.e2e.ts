import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createEmptyDatabase, type EmptyDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let image: string;
let database: EmptyDatabase;
let environment: Record<string, string>;

/** What the image holds, put together as the Dockerfile does it: nothing of development, no compiler, files by themselves. */
beforeAll(async () => {
  image = mkdtempSync(join(tmpdir(), 'nano-image-'));
  copyProductionPackages(join(image, 'app'));
  execFileSync(process.execPath, ['deploy/docker/assemble.mjs', join(image, 'app')], { cwd: root });
  database = await createEmptyDatabase(testServers().postgresUrl);
  const secret = (name: string, text: string) => {
    writeFileSync(join(image, name), `${text}\n`);
    return join(image, name);
  };
  environment = {
    NODE_ENV: 'production',
    NANO_HOME: join(image, 'home'),
    DATABASE_URL_FILE: secret('database_url', database.url),
    NANO_MASTER_KEY_FILE: secret('master_key', randomBytes(32).toString('base64')),
    NANO_API_KEYS_FILE: secret('api_keys', randomBytes(24).toString('base64url')),
    LLM_BASE_URL: 'http://127.0.0.1:9/v1',
    LLM_MODEL: 'none',
    EXECUTOR_REQUIRE_ISOLATION: 'landlock',
  };
});
afterAll(async () => {
  await database.drop();
  rmSync(image, { recursive: true, force: true });
});

it('migrates, and again without harm', async () => {
  for (const _ of [1, 2]) {
    const run = start('gateway', 'migrate.main.js');
    expect(await run.ended).toEqual({ code: 0, signal: null });
  }
});

it.each(['gateway', 'retriever', 'generator', 'executor', 'baseline'])(
  'starts the %s, says that it is well, and stops',
  async (app) => {
    const run = start(app, 'main.js', { GATEWAY_HOST: '0.0.0.0', [`${app.toUpperCase()}_PORT`]: '0' });
    try {
      const port = new URL(await run.listens).port;
      const check = (askedPort: string) =>
        execFileSync(join(image, 'app/bin/node'), [join(image, 'app/healthcheck.mjs')], {
          env: {
            HEALTHCHECK_COMMAND: `dist/apps/${app}/src/main.js`,
            [`${app.toUpperCase()}_PORT`]: askedPort,
          },
          stdio: 'pipe',
        });
      expect(() => check(port)).not.toThrow();
      expect(() => check('9')).toThrow(/ECONNREFUSED|bad port/);
    } finally {
      run.stop();
    }
    expect(await run.ended).toEqual({ code: 0, signal: null });
  },
);

it('has the launcher of the sandbox compiled: the executor ran at its strictest, and made none', () => {
  expect(environment['EXECUTOR_REQUIRE_ISOLATION']).toBe('landlock');
  expect(existsSync(join(image, 'home/sandbox'))).toBe(false);
});

it('brings the command line along', () => {
  const output = execFileSync(
    join(image, 'app/bin/node'),
    [join(image, 'app/dist/apps/cli/src/main.js'), '--help'],
    {
      env: { NODE_ENV: 'production', HOME: image },
      encoding: 'utf8',
    },
  );
  expect(output).toContain('datasource');
});

interface Run {
  listens: Promise<string>;
  ended: Promise<{ code: number | null; signal: string | null }>;
  stop(): void;
}

function start(app: string, main: string, more: Record<string, string> = {}): Run {
  const child = spawn(join(image, 'app/bin/node'), [join(image, 'app/dist/apps', app, 'src', main)], {
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const listens = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  listens.promise.catch(() => undefined);
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const url = /listens at (\S+)/.exec(log)?.[1];
      if (url) listens.resolve(url.replace('0.0.0.0', '127.0.0.1'));
    });
  child.once('exit', (code, signal) => {
    ended.resolve({ code, signal });
    listens.reject(new Error(`${app} ended with ${code}: ${log.slice(-2_000)}`));
  });
  return { listens: listens.promise, ended: ended.promise, stop: () => child.kill('SIGTERM') };
}

/** As `npm ci --omit=dev` would install them: what the lock file does not call a development package. */
function copyProductionPackages(folder: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  // One below another comes with it; what is for another platform is not installed.
  const present = Object.keys(packages).filter(
    (path) =>
      /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !packages[path]?.dev && existsSync(join(root, path)),
  );
  // Hard links where that is possible: assembling removes and adds, and changes no file.
  const linked = statSync(tmpdir()).dev === statSync(root).dev ? ['--link'] : [];
  for (const path of present) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    execFileSync('cp', ['--archive', ...linked, join(root, path), join(folder, path)]);
  }
}
