/** What a server answered, whoever it is. */
export interface Answer {
  status: number;
  /** Undefined where it is no JSON. */
  body: unknown;
  /** Milliseconds since 1970 by this machine's clock, in the middle of the request. */
  at: number;
  tookMs: number;
}

const answerWithinMs = 10_000;
/** More than the report of a thousand datasources. */
const mostCharacters = 4 * 1024 * 1024;

/** @throws what `fetch` throws; a DOMException named TimeoutError */
export async function askGateway(url: string, path: string, apiKey?: string): Promise<Answer> {
  const begun = Date.now();
  const response = await fetch(new URL(path, url), {
    redirect: 'manual',
    signal: AbortSignal.timeout(answerWithinMs),
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
  });
  const headAt = Date.now();
  const text = await readText(response);
  return { status: response.status, body: parse(text), at: (begun + headAt) / 2, tookMs: headAt - begun };
}

/** No more of it than an answer may have: the server may be any. */
async function readText(response: Response): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    text += part.value;
    if (text.length <= mostCharacters) continue;
    await reader?.cancel();
    throw new Error('the answer has no end');
  }
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
