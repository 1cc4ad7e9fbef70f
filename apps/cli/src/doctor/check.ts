import { describeError } from '#shared/errors/app-error';

/** One line of the doctor's report. */
export interface Check {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  /** What to do, where it is not ok. */
  mend?: string;
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail });
export const warn = (name: string, detail: string, mend: string): Check => ({
  name,
  status: 'warn',
  detail,
  mend,
});
export const fail = (name: string, detail: string, mend: string): Check => ({
  name,
  status: 'fail',
  detail,
  mend,
});

/** Of what only the retrievers know: a gateway that runs elsewhere never asks them, and this machine need not be set up alike. */
export const toldByRetriever = (name: string, gatewayUrl: string): Check =>
  ok(name, `of ${gatewayUrl}: /readyz of its retrievers tells, a gateway does not know`);

/** A check that breaks is a check that fails. */
export async function attempt(
  name: string,
  mend: string,
  check: () => Check | Promise<Check>,
): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    return fail(name, describeError(error), mend);
  }
}
