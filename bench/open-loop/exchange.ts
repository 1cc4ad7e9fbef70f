import { Agent as HttpAgent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Undefined where it is not JSON. */
  body: unknown;
}

/** No answer came. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    /** As the system names it: `ECONNREFUSED`. */
    readonly code: string,
    /** The service cannot have begun on the request: nothing listened, or a connection kept from before was closed by then. */
    readonly isUntouched: boolean,
  ) {
    super(code);
  }
}

/** Requests on connections that stay, as many as are needed at a time. */
export class Exchange {
  // Node's default keeps no more than 256 free ones.
  private readonly http = new HttpAgent({ keepAlive: true, maxFreeSockets: Infinity });
  private readonly https = new HttpsAgent({ keepAlive: true, maxFreeSockets: Infinity });

  constructor(private readonly headers: Record<string, string>) {}

  /** @throws NoAnswer; the signal's reason */
  send(
    method: 'GET' | 'POST',
    url: URL,
    body: string | undefined,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const [send, agent] = url.protocol === 'https:' ? [httpsRequest, this.https] : [httpRequest, this.http];
    const sent = send(url, {
      method,
      agent,
      signal,
      headers: {
        ...this.headers,
        ...headers,
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
    });
    const fail = (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.name;
      const isUntouched = code === 'ECONNREFUSED' || (sent.reusedSocket && code === 'ECONNRESET');
      reject(signal.aborted ? (signal.reason as Error) : new NoAnswer(code, isUntouched));
    };
    sent.on('error', fail).once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail).once('end', () => {
        const { statusCode = 0, headers: answered } = response;
        resolve({ status: statusCode, headers: answered, body: parse(Buffer.concat(chunks).toString()) });
      });
    });
    sent.end(body);
    return promise;
  }

  close(): void {
    this.http.destroy();
    this.https.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
