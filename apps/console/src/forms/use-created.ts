import { useState } from 'react';
import { attemptKeys } from '../api/client.js';
import { usePlatform } from '../api/platform.js';
import { useRefresh } from '../api/queries.js';
import { useTell } from '../ui/use-tell.js';

/**
 * What a form of something new sends, and what follows: all is read anew, it is said, and the form closes. The same body sent again is the same request.
 * @returns sends to a collection, or to the verb that makes several
 */
export function useCreated(onClose: () => void) {
  const { api } = usePlatform();
  const refresh = useRefresh();
  const tell = useTell();
  const [keyOf] = useState(() => attemptKeys());
  return async <T>(path: string, body: unknown, said: (made: T) => string): Promise<T> => {
    const { data } = await api.send<T>(path, { method: 'POST', body, idempotencyKey: keyOf(body) });
    await refresh();
    tell(said(data));
    onClose();
    return data;
  };
}
