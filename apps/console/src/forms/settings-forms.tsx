import { http } from '@bordergate/contracts';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { usePlatform } from '../api/platform.js';
import { useRefresh } from '../api/queries.js';
import type { Quota, RegionPolicy } from '../api/types.js';
import { useTexts } from '../i18n/index.js';
import { useProblemText } from '../ui/problem-box.js';
import type { FormDef } from './forms.js';
import { ResourceForm } from './resource-form.js';
import type { Values } from './schema-fields.js';
import { useTell } from '../ui/use-tell.js';

const QUOTA: FormDef = { schema: http.UpdateQuota, only: ['maxLimit'] };
const POLICY: FormDef = { schema: http.UpdateRegionPolicy };

/** A limit of the region, or of one parent; back to the default takes away what was set. */
export function QuotaForm({ quota, onClose }: { readonly quota: Quota; readonly onClose: () => void }) {
  const t = useTexts();
  const tell = useTell();
  const { api, region } = usePlatform();
  const refresh = useRefresh();
  const textOf = useProblemText();
  const [failure, setFailure] = useState<string | null>(null);
  const { type, parentResourceId, maxLimit } = quota;
  const set = async (body: Values) => {
    await api.send(`/v1/regions/${region}/quotas/${type}`, { method: 'PATCH', body: { parentResourceId, ...body } });
    await refresh();
    tell(t.form.saved(t.quotas.types[type] ?? type));
    onClose();
  };
  return (
    <>
      <ResourceForm def={QUOTA} given={{ maxLimit }} editing submitLabel={t.actions.save} send={set} onCancel={onClose} />
      {failure && <p role="alert">{failure}</p>}
      <Button variant="subtle" mt="sm" onClick={() => void set({ maxLimit: null }).catch((error: unknown) => setFailure(textOf(error)))}>{t.quotas.reset}</Button>
    </>
  );
}

export function PolicyForm({ policy, etag }: { readonly policy: RegionPolicy; readonly etag: string | null }) {
  const t = useTexts();
  const tell = useTell();
  const { api, region } = usePlatform();
  const refresh = useRefresh();
  const path = `/v1/regions/${region}/policy`;
  return (
    <ResourceForm
      key={etag} def={POLICY} given={{ weakAlgorithms: policy.weakAlgorithms }} editing submitLabel={t.actions.save}
      send={async (body) => {
        await api.send(path, { method: 'PATCH', body, ifMatch: etag });
        await refresh();
        tell(t.form.saved(t.policy.title));
      }}
      readAgain={async () => {
        await refresh();
        return { weakAlgorithms: (await api.get<RegionPolicy>(path)).weakAlgorithms };
      }}
    />
  );
}
