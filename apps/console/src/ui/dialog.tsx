import { Loader, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Suspense, type ReactNode } from 'react';
import { useTexts } from '../i18n/index.js';

/** A dialog as all of the console have it. */
export function Dialog({ title, opened, onClose, children, size = 'lg' }: { readonly title: string; readonly opened: boolean; readonly onClose: () => void; readonly children: ReactNode; readonly size?: string }) {
  const t = useTexts();
  const small = useMediaQuery('(max-width: 48em)');
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={size} fullScreen={small ?? false} lockScroll={false} closeButtonProps={{ 'aria-label': t.actions.close }} closeOnClickOutside={false}>
      <Suspense fallback={<Loader size="sm" />}>{children}</Suspense>
    </Modal>
  );
}
