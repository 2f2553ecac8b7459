import { notifications } from '@mantine/notifications';
import { useTexts } from '../i18n/index.js';

/** Says that something has been done, for a moment, at the border of the page. */
export function useTell(): (message: string) => void {
  const t = useTexts();
  return (message) => void notifications.show({ message, color: 'green', closeButtonProps: { 'aria-label': t.actions.close } });
}
