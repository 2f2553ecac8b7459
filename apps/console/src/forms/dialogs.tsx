import { Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { notifications } from '@mantine/notifications';
import { useLocation } from 'wouter';
import { attemptKeys, type Answer } from '../api/client.js';
import { usePlatform } from '../api/platform.js';
import { oneKey, useRefresh } from '../api/queries.js';
import { fieldOf, type Collection, type Row } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import { RESOURCES } from '../resources/registry.js';
import { ProblemBox } from '../ui/problem-box.js';
import { FORMS } from './forms.js';
import { ResourceForm } from './resource-form.js';
import type { Values } from './schema-fields.js';

interface DialogProps {
  readonly collection: Collection;
  readonly onClose: () => void;
}

/** The form of a new resource; `given` are fields that are already decided, by where one is. */
export function CreateForm({ collection, given = {}, onClose, stay = false }: DialogProps & { readonly given?: Values; readonly stay?: boolean }) {
  const t = useTexts();
  const { api, region } = usePlatform();
  const refresh = useRefresh();
  const [, go] = useLocation();
  const [keyOf] = useState(() => attemptKeys());
  const def = RESOURCES[collection];
  return (
    <ResourceForm
      def={FORMS[collection].create!} given={given} fixed={Object.keys(given)} editing={false} submitLabel={t.actions.create} onCancel={onClose}
      send={async (body) => {
        const { data } = await api.send<Row>(`/v1/regions/${region}/${collection}`, { method: 'POST', body, idempotencyKey: keyOf(body) });
        await refresh();
        notifications.show({ message: t.form.created(t.resources[collection].one, String(fieldOf(data, def.name ?? def.id))), color: 'green' });
        onClose();
        if (!stay) go(paths.one(collection, String(fieldOf(data, def.id))));
      }}
    />
  );
}

/** The form of a change: it says which version it has seen, and when that is old, shows how it is now. */
export function EditForm({ collection, id, onClose }: DialogProps & { readonly id: string }) {
  const t = useTexts();
  const { api, region } = usePlatform();
  const queries = useQueryClient();
  const refresh = useRefresh();
  const [base, setBase] = useState<Answer<Row>>();
  const [error, setError] = useState<unknown>();
  const def = RESOURCES[collection];
  const path = `/v1/regions/${region}/${collection}/${encodeURIComponent(id)}`;
  // read anew when it opens, and then kept, whatever the page reads meanwhile: its version is what is sent
  useEffect(() => {
    api.send<Row>(path).then(setBase, setError);
  }, [api, path]);
  if (error) return <ProblemBox error={error} />;
  if (!base) return <Loader size="sm" />;
  return (
    <ResourceForm
      def={FORMS[collection].edit!} given={base.data as unknown as Values} editing submitLabel={t.actions.save} onCancel={onClose}
      send={async (body) => {
        await api.send(path, { method: 'PATCH', body, ifMatch: base.etag });
        await refresh();
        notifications.show({ message: t.form.saved(String(fieldOf(base.data, def.name ?? def.id))), color: 'green' });
        onClose();
      }}
      readAgain={async () => {
        const answer = await api.send<Row>(path);
        queries.setQueryData(oneKey(region, collection, id), answer);
        setBase(answer);
        return answer.data as unknown as Values;
      }}
    />
  );
}
