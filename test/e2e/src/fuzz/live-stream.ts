import { http } from '@bordergate/contracts';

/**
 * The stream of tunnel states has no end, so a fuzzer that waits for whole answers cannot read it. Here it is read until its first
 * message, under whatever Last-Event-ID a client may send, and cut in the middle.
 */
export async function fuzzLiveStream(url: string, regions: readonly string[], times: number): Promise<{ requests: number; problems: string[] }> {
  const problems: string[] = [];
  const ids = [undefined, '', '0', 'x-1', '-', '9'.repeat(400), 'null', '%00', '{"a":1}', 'a-999999999999999'];
  for (let n = 0; n < times; n++) {
    const region = regions[n % regions.length]!;
    const lastEventId = ids[n % ids.length];
    const response = await fetch(`${url}/v1/regions/${region}/live`, { signal: AbortSignal.timeout(10_000), headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } });
    if (response.status !== 200 || response.headers.get('content-type') !== 'text/event-stream') problems.push(`live: ${response.status} ${response.headers.get('content-type')}`);
    const data = await firstMessage(response);
    const snapshot = data === undefined ? undefined : (JSON.parse(data) as { items?: unknown[] });
    if (!snapshot?.items?.every((state) => http.TunnelState.safeParse(state).success)) problems.push(`live of ${region} after ${lastEventId}: begins with ${data?.slice(0, 200)}`);
  }
  return { requests: times, problems };
}

async function firstMessage(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk, { stream: true });
    const data = /^data: (.*)$/m.exec(text)?.[1];
    if (data !== undefined && text.includes('\n\n', text.indexOf('data: '))) return data; // leaving the loop cancels the stream
  }
  return undefined;
}
