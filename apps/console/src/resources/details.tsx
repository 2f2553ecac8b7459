import type { Row } from '../api/types.js';
import { useTexts } from '../i18n/index.js';
import { CellValue } from '../ui/cells.js';
import { fieldLabel } from '../ui/labels.js';
import classes from './details.module.css';
import type { ResourceDef } from './registry.js';

/** All fields of a resource, as terms and what they are. */
export function Details({ def, row }: { readonly def: ResourceDef; readonly row: Row }) {
  const t = useTexts();
  return (
    <dl className={classes.details}>
      {def.details.map(({ field, cell }) => (
        <div key={field} className={classes.pair}>
          <dt>{field === def.id ? t.detail.id : fieldLabel(t, field)}</dt>
          <dd><CellValue row={row} field={field} cell={cell} /></dd>
        </div>
      ))}
    </dl>
  );
}
