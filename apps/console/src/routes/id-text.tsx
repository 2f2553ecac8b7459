import { NextHop } from '../ui/cells.js';
import classes from './routes.module.css';
import { cutAtIds } from './selection.js';

/** A sentence of the API, with a link at each resource it names. */
export function IdText({ text }: { readonly text: string }) {
  // the pieces of one sentence have no other identity than their place
  return <span className={classes.sentence}>{cutAtIds(text).map((piece, place) => (place % 2 === 1 ? <NextHop key={`${place} ${piece}`} id={piece} /> : piece))}</span>;
}
