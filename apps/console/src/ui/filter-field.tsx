import { CloseButton, TextInput } from '@mantine/core';
import { useTexts } from '../i18n/index.js';

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** What rows are filtered by, above them. */
export function FilterField({ label, placeholder, value, onChange }: Props) {
  const t = useTexts();
  return (
    <TextInput
      type="search" aria-label={label} placeholder={placeholder} value={value} onChange={(event) => onChange(event.currentTarget.value)} flex="1 1 14rem" maw="26rem"
      rightSection={value && <CloseButton size="sm" aria-label={t.list.clear} onClick={() => onChange('')} />}
    />
  );
}
