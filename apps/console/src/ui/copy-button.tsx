import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../i18n/index.js';
import { Icon } from './icons.js';

export function CopyButton({ text }: { readonly text: string }) {
  const t = useTexts();
  const [copied, setCopied] = useState(false);
  // there is no clipboard on a page that came over plain http from elsewhere than this machine
  if (!navigator.clipboard) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => {
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  }, () => setCopied(false));
  return <Button variant="default" size="compact-sm" leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />} onClick={() => void copy()} aria-live="polite">{copied ? t.actions.copied : t.actions.copy}</Button>;
}
