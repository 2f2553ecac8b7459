import { InvalidRequestError } from '@bordergate/platform';

/** The place after a resource in a list: lists are in the order of creation, which never changes. */
export interface Cursor { readonly created: string; readonly firstVersion: number; readonly id: string }

const PARTS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\d{1,9}) ([A-Za-z0-9._-]{1,64})$/;

export const formatCursor = ({ created, firstVersion, id }: Cursor): string => Buffer.from(`${created} ${firstVersion} ${id}`).toString('base64url');

/** @throws InvalidRequestError when the text is not a `nextCursor` of ours */
export function parseCursor(text: string): Cursor {
  const [, created, firstVersion, id] = PARTS.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  if (created === undefined || firstVersion === undefined || id === undefined) throw new InvalidRequestError([{ field: 'cursor', code: 'invalid-format', rule: 'the nextCursor of the page before' }]);
  return { created, firstVersion: Number(firstVersion), id };
}
