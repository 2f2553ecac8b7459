import { http } from '@bordergate/contracts';

/** Fetches a pre-shared key by its reference. Rejects when it cannot: the caller's lane tries again after a pause. */
export type FetchPsk = (pskRef: string) => Promise<string>;

const TIMEOUT_MS = 5_000;

/**
 * From the resources service, with the worker's own credential. The key passes through to charon and is kept nowhere;
 * no message here may repeat an answer's body.
 */
export const pskSource = (resourcesUrl: string, workerToken: string): FetchPsk => async pskRef => {
  const url = new URL(`/internal/v1/psks/${encodeURIComponent(pskRef)}`, resourcesUrl);
  const response = await fetch(url, { headers: { authorization: `Bearer ${workerToken}` }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${pskRef} was not handed out: GET ${url.pathname} answered ${response.status}`);
  }
  const parsed = http.PskByRef.safeParse(await response.json());
  if (!parsed.success) throw new Error(`${pskRef} was not handed out: the answer is not the expected one`);
  return parsed.data.psk;
};
