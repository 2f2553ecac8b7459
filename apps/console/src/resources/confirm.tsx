import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { usePlatform } from '../api/platform.js';
import { isProblem } from '../api/problem.js';
import { useRefresh } from '../api/queries.js';
import { useTexts } from '../i18n/index.js';
import { Dialog } from '../ui/dialog.js';
import type { Verb } from '../ui/menu-button.js';
import { useProblemText } from '../ui/problem-box.js';
import { useTell } from '../ui/use-tell.js';

interface Props {
  readonly verb: Exclude<Verb, 'edit'>;
  /** What kind of thing it is, and which. */
  readonly what: string;
  readonly name: string;
  readonly path: string;
  /** The version that is on the page. */
  readonly etag: string | null;
  readonly text: string;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** What is done at once, after one more question; a refusal is said here. */
export function Confirm({ verb, what, name, path, etag, text, onClose, onDeleted }: Props) {
  const t = useTexts();
  const tell = useTell();
  const { api } = usePlatform();
  const refresh = useRefresh();
  const textOf = useProblemText();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [seen, setSeen] = useState(etag);
  const title = verb === 'delete' ? t.form.deleteTitle(what) : verb === 'disable' ? t.form.disableTitle : `${t.actions.enable} ${name}?`;
  const act = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await (verb === 'delete' ? api.send(path, { method: 'DELETE', ifMatch: seen }) : api.send(`${path}:${verb}`, { method: 'POST', ifMatch: seen }));
      tell(verb === 'delete' ? t.form.deleted(name) : verb === 'enable' ? t.form.enabled(name) : t.form.disabled(name));
      onClose();
      if (verb === 'delete') onDeleted();
      await refresh();
    } catch (error) {
      setBusy(false);
      const changed = isProblem(error, 'version-mismatch');
      if (changed) setSeen(null); // it has been shown again: whoever presses once more means what is there now
      setFailure(changed ? t.form.changedElsewhere : textOf(error));
      if (changed) await refresh();
    }
  };
  return (
    <Dialog opened title={title} onClose={onClose} size="md">
      <Stack>
        {text && <Text size="sm">{text}</Text>}
        {failure && <Text size="sm" c="red" role="alert">{failure}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>{t.actions.cancel}</Button>
          <Button color={verb === 'delete' ? 'red' : undefined} loading={busy} onClick={() => void act()}>{t.actions[verb]}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
