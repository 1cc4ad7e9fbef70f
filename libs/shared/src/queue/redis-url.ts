export const redisSchemes = ['redis', 'rediss', 'redis+sentinel', 'redis+cluster'] as const;
type RedisScheme = (typeof redisSchemes)[number];

export interface RedisUrl {
  scheme: RedisScheme;
  username: string;
  password: string;
  hosts: { host: string; port: number }[];
  /** Name of the master behind sentinels. */
  master: string;
  database: number;
  tls: boolean;
}

const form =
  /^(?<scheme>[a-z+]+):\/\/(?:(?<auth>[^@/]*)@)?(?<hosts>[^/?@]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;
const hostForm = /^(?:\[(?<address>[\da-fA-F:.]+)\]|(?<name>[^:[\]]+))(?::(?<port>\d{1,5}))?$/;

/**
 * `redis[s]://[user:password@]host:6379[/db]`, `redis+sentinel://[user:password@]host:26379,host2:26379/master-name[?db=1]`,
 * `redis+cluster://[user:password@]host:6379,host2:6379`; the last two with `?tls=true` over TLS. URL itself knows no list of hosts.
 * @throws Error that names the part that is wrong, without its value
 */
export function parseRedisUrl(url: string): RedisUrl {
  const parts = form.exec(url)?.groups;
  const scheme = redisSchemes.find((known) => known === parts?.['scheme']);
  if (!parts || !scheme) throw new Error('is no valid URL of a Redis');
  const query = new URLSearchParams(parts['query'] ?? '');
  const path = parts['path'] ?? '';
  const named = scheme === 'redis+sentinel';
  if (named && path === '') throw new Error('names no master: redis+sentinel://host:26379/master-name');
  return {
    scheme,
    ...credentialsOf(parts['auth'] ?? ''),
    hosts: (parts['hosts'] ?? '').split(',').map((host) => hostOf(host, named ? 26_379 : 6_379)),
    master: named ? path : '',
    database: databaseOf(query.get('db') ?? (named || path === '' ? '0' : path)),
    tls: scheme === 'rediss' || query.get('tls') === 'true',
  };
}

function credentialsOf(auth: string): { username: string; password: string } {
  const colon = auth.indexOf(':');
  const [username, password] = colon === -1 ? [auth, ''] : [auth.slice(0, colon), auth.slice(colon + 1)];
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw new Error('has a user or password that is not percent-encoded');
  }
}

function hostOf(text: string, defaultPort: number): { host: string; port: number } {
  const parts = hostForm.exec(text)?.groups;
  const port = Number(parts?.['port'] ?? defaultPort);
  if (!parts || port > 65_535) throw new Error('has a host that is not host:port');
  return { host: parts['address'] ?? parts['name'] ?? '', port };
}

function databaseOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error('has a database that is no number');
  return Number(text);
}
