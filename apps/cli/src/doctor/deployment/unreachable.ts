import { describeError } from '#shared/errors/app-error';
import { type Check, fail } from '../check.js';

interface Cause {
  says: string;
  mend: string;
}

const wrongName: Cause = {
  says: 'its name is not found',
  mend: 'Check the address (--url, NANO_URL), and that the DNS of this machine knows the name.',
};
const noRoute: Cause = {
  says: 'there is no way to it',
  mend: 'Check the network, VPN and firewall between this machine and the gateway.',
};
const untrusted: Cause = {
  says: 'its certificate is not trusted here',
  mend: 'Set NODE_EXTRA_CA_CERTS to the file of the authority that signed it.',
};
const noTls: Cause = {
  says: 'it breaks off: one side speaks TLS, the other does not, or a proxy hung up',
  mend: 'Try https:// in place of http://, or the other way round.',
};

/** By the code of the system or of OpenSSL that ended the request. */
const causes: Record<string, Cause> = {
  ENOTFOUND: wrongName,
  EAI_AGAIN: wrongName,
  ECONNREFUSED: {
    says: 'nothing listens there',
    mend: 'Check the port, and that a gateway runs: `kubectl -n nano-analyst get pods`, `docker compose ps`.',
  },
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  ETIMEDOUT: noRoute,
  UND_ERR_CONNECT_TIMEOUT: noRoute,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: {
    says: 'its certificate has run out',
    mend: 'Renew the certificate of the Ingress or proxy, and check the clock of this machine.',
  },
  CERT_NOT_YET_VALID: {
    says: 'its certificate is not valid yet',
    mend: 'Check the clock of this machine.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    says: 'its certificate is for another name',
    mend: 'Use the name that the certificate has, or renew the certificate with this one.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: noTls,
  ECONNRESET: noTls,
  UND_ERR_SOCKET: noTls,
  HPE_INVALID_CONSTANT: noTls,
};

const slow: Cause = {
  says: 'it does not answer in 10 s',
  mend: 'See the log of the gateway and of the proxy before it: a firewall that drops what it refuses looks the same.',
};

/** The line for a gateway that gave no answer at all, with what the system said of it. */
export function unreachable(url: string, error: unknown): Check {
  const codes = codesOf(error);
  const known = codes.map((code) => causes[code]).find((cause) => cause !== undefined);
  const cause = known ?? (codes.includes('TimeoutError') ? slow : undefined);
  if (cause) return fail('gateway', `${url}: ${cause.says} (${codes.join(', ')})`, cause.mend);
  return fail(
    'gateway',
    `${url}: ${codes.join(', ') || describeError(error)}`,
    'Check the address (--url, NANO_URL) and that the gateway runs.',
  );
}

/** From the outermost error to its cause. */
function codesOf(error: unknown): string[] {
  const { code, name, cause } = (error ?? {}) as { code?: unknown; name?: unknown; cause?: unknown };
  const own = typeof code === 'string' ? [code] : name === 'TimeoutError' ? [name] : [];
  return cause === undefined ? own : [...own, ...codesOf(cause)];
}
