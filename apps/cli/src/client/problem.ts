import { z } from 'zod';
import { errorCatalogue, type ErrorCode } from '#shared/errors/catalogue';

const problemSchema = z.object({
  title: z.string().optional(),
  status: z.int().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
});

/** The gateway's refusal of a request: an RFC 9457 problem document. */
export class GatewayProblem extends Error {
  override readonly name = 'GatewayProblem';

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

export async function readProblem(response: Response): Promise<GatewayProblem> {
  const body: unknown = await response.json().catch(() => ({}));
  const problem = problemSchema.safeParse(body).data ?? {};
  const code = problem.code ?? `http_${response.status}`;
  return new GatewayProblem(response.status, code, problem.detail ?? problem.title ?? response.statusText);
}

/** What the catalogue advises for a code; undefined for one of another version. */
export function mendOf(code: string): string | undefined {
  return code in errorCatalogue ? errorCatalogue[code as ErrorCode].mend : undefined;
}
