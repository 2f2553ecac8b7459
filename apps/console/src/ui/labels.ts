import type { Texts } from '../i18n/index.js';

/** The name of a field in words; a field that the console does not know yet has its own. */
export const fieldLabel = (t: Texts, field: string): string => (t.fields as Readonly<Record<string, string>>)[field] ?? field;
export const fieldHint = (t: Texts, field: string): string | undefined => (t.hints as Readonly<Record<string, string | undefined>>)[field];
