import { Loader } from '@mantine/core';
import { useLocation } from 'wouter';
import { usePlatform } from '../api/platform.js';
import { oneKey } from '../api/queries.js';
import { fieldOf, type Collection, type Row } from '../api/types.js';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import { RESOURCES } from '../resources/registry.js';
import { ProblemBox } from '../ui/problem-box.js';
import { FORMS } from './forms.js';
import { ResourceForm } from './resource-form.js';
import type { Values } from './schema-fields.js';
import { useCreated } from './use-created.js';
import { useEdited } from './use-edited.js';

interface DialogProps {
  readonly collection: Collection;
  readonly onClose: () => void;
}

/** The form of a new resource; `given` are fields that are already decided, by where one is. */
export function CreateForm({ collection, given = {}, onClose, stay = false }: DialogProps & { readonly given?: Values; readonly stay?: boolean }) {
  const t = useTexts();
  const { region } = usePlatform();
  const create = useCreated(onClose);
  const [, go] = useLocation();
  const def = RESOURCES[collection];
  return (
    <ResourceForm
      def={FORMS[collection].create!} given={given} fixed={Object.keys(given)} editing={false} submitLabel={t.actions.create} onCancel={onClose}
      send={async (body) => {
        const made = await create<Row>(`/v1/regions/${region}/${collection}`, body, (row) => t.form.created(t.resources[collection].one, String(fieldOf(row, def.name ?? def.id))));
        if (!stay) go(paths.one(collection, String(fieldOf(made, def.id))));
      }}
    />
  );
}

/** The form of a change. */
export function EditForm({ collection, id, onClose }: DialogProps & { readonly id: string }) {
  const t = useTexts();
  const { region } = usePlatform();
  const def = RESOURCES[collection];
  const { base, error, sending } = useEdited<Row>(`/v1/regions/${region}/${collection}/${encodeURIComponent(id)}`, oneKey(region, collection, id), (row) => String(fieldOf(row, def.name ?? def.id)), onClose);
  if (error) return <ProblemBox error={error} />;
  if (!base) return <Loader size="sm" />;
  return <ResourceForm def={FORMS[collection].edit!} given={base as unknown as Values} editing submitLabel={t.actions.save} onCancel={onClose} {...sending} />;
}
