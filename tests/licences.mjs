// Fails when a package that the service is run with has a licence that is not permissive, or none.
import { existsSync, readFileSync } from 'node:fs';

const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
]);

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const production = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
// What npm leaves out here is for another platform, and is looked at there.
const present = production.filter(([path]) => existsSync(path));
const refused = present
  .map(([path, { license }]) => [path, license ?? licenceOfInstalled(path)])
  .filter(([, licence]) => !isPermissive(licence));

for (const [path, licence] of refused) console.error(`${path}: ${licence ?? 'no licence'}`);
if (refused.length > 0) process.exitCode = 1;
else console.log(`${present.length} packages, all under permissive licences`);

/** The lock file leaves out licences that are written in an old form. */
function licenceOfInstalled(path) {
  const { license, licenses } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'));
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(' OR ');
}

/** An SPDX expression without nesting: one of an `OR`, all of an `AND`. */
function isPermissive(expression) {
  if (typeof expression !== 'string') return false;
  const alternatives = expression.replaceAll(/[()]/g, '').split(' OR ');
  return alternatives.some((terms) => terms.split(' AND ').every((term) => permissive.has(term.trim())));
}
