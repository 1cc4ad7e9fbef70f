import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import packageJson from '#package.json' with { type: 'json' };

interface Bom {
  bomFormat: string;
  serialNumber?: string;
  metadata: { timestamp: string; component: { name: string; version: string } };
  components: { name: string; version: string; 'bom-ref': string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

it('lists the packages that the service runs with, with nothing in it of the time and the machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nano-sbom-'));
  try {
    execFileSync(process.execPath, ['deploy/docker/sbom.mjs', join(folder, 'bom.json')], {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
    });
    const text = readFileSync(join(folder, 'bom.json'), 'utf8');
    const bom = JSON.parse(text) as Bom;
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: {
        timestamp: '2023-11-14T22:13:20.000Z',
        component: { name: packageJson.name, version: packageJson.version },
      },
    });
    expect(bom.serialNumber).toBeUndefined();
    expect(text).not.toMatch(/https?:[/][/][^"]*[.]tgz/);
    const names = bom.components.map(({ name }) => name);
    for (const name of Object.keys(packageJson.dependencies)) expect(names).toContain(name);
    for (const name of ['jest', 'eslint', 'prettier']) expect(names).not.toContain(name);
    const refs = new Set([...bom.components.map((each) => each['bom-ref']), bom.dependencies[0]!.ref]);
    expect(bom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual(
      [],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
