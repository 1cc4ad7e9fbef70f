import { Agent, request } from 'node:http';

/** Requests to the gateway as a program that embeds the service makes them: on connections that stay. */
export class ApiClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly url: string) {}

  /** @throws unless the answer has the status */
  async call<T>(
    method: 'GET' | 'POST',
    path: string,
    status: number,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const text = body === undefined ? '' : JSON.stringify(body);
    const sent = request(new URL(path, this.url), {
      method,
      agent: this.agent,
      headers: {
        ...headers,
        ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    });
    sent.once('error', reject).once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject).once('end', () => {
        const answer = Buffer.concat(chunks).toString();
        if (response.statusCode === status) resolve(JSON.parse(answer) as T);
        else reject(new Error(`${method} ${path} gave ${response.statusCode}: ${answer.slice(0, 500)}`));
      });
    });
    sent.end(text);
    return promise;
  }

  close(): void {
    this.agent.destroy();
  }
}
