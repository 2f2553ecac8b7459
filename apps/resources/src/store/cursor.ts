import { cursorOf, keyOfCursor } from '@bordergate/platform';

/** The place after a resource in a list: lists are in the order of creation, which never changes. */
export interface Cursor { readonly created: string; readonly firstVersion: number; readonly id: string }

const PARTS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\d{1,9}) ([A-Za-z0-9._-]{1,64})$/;

export const formatCursor = ({ created, firstVersion, id }: Cursor): string => cursorOf(`${created} ${firstVersion} ${id}`);

/** @throws InvalidRequestError when the text is not a `nextCursor` of ours */
export function parseCursor(text: string): Cursor {
  const [, created, firstVersion, id] = keyOfCursor(text, PARTS);
  return { created: created!, firstVersion: Number(firstVersion), id: id! };
}
