import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Answer } from '../api/client.js';
import { usePlatform } from '../api/platform.js';
import { useRefresh } from '../api/queries.js';
import { useTexts } from '../i18n/index.js';
import type { Values } from './schema-fields.js';
import { useTell } from '../ui/use-tell.js';

/**
 * What a form of a change is about: read anew when it opens, and then kept, whatever the page reads meanwhile. Its version is what is sent; when that
 * is old, the form shows how it is now.
 * @param key where the page's own copy is kept
 */
export function useEdited<T extends object>(path: string, key: readonly unknown[], nameOf: (document: T) => string, onClose: () => void) {
  const t = useTexts();
  const tell = useTell();
  const { api } = usePlatform();
  const queries = useQueryClient();
  const refresh = useRefresh();
  const [base, setBase] = useState<Answer<T>>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    api.send<T>(path).then(setBase, setError);
  }, [api, path]);
  const send = async (body: Values) => {
    const { data } = await api.send<T>(path, { method: 'PATCH', body, ifMatch: base!.etag });
    await refresh();
    tell(t.form.saved(nameOf(data)));
    onClose();
  };
  const readAgain = async () => {
    const answer = await api.send<T>(path);
    queries.setQueryData(key, answer);
    setBase(answer);
    return answer.data as unknown as Values;
  };
  return { base: base?.data, error, sending: { send, readAgain } };
}
