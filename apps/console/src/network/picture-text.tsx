import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import { paths } from '../app/routes.js';
import { useTexts } from '../i18n/index.js';
import { NextHop } from '../ui/cells.js';
import { Status } from '../ui/status.js';
import type { Picture, Way } from './picture.js';
import { lineWord, ratesWord, totalWord, wayWord } from './words.js';
import classes from './network.module.css';

/** The drawing in words, as a nested list. */
export function PictureText({ picture }: { readonly picture: Picture }) {
  const t = useTexts();
  const { gateway, vpcs, fars, left, leftVpcs } = picture;
  return (
    <details className={classes.text}>
      <summary>{t.network.asText}</summary>
      <p>{t.network.gateway} {gateway.name}, AS {gateway.asn}: {totalWord(t, picture)}</p>
      <ul>
        {vpcs.map(({ vpcAttachmentId, vpcId, cidr, attachment, subnets }) => <li key={vpcAttachmentId}>{t.network.vpc} <NextHop id={vpcId} /> {cidr}: {attachment}, {t.network.propagates(subnets)}</li>)}
        {leftVpcs > 0 && <li><Anchor component={Link} href={paths.list('vpcAttachments')} inherit>{t.network.moreVpcs(leftVpcs)}</Anchor></li>}
        {fars.map(({ key, id, name, asn, addresses, ways }) => (
          <li key={key}>
            {id ? <>{t.network.customer} <NextHop id={id} /></> : `${t.network.peer} ${name}`}{asn !== null && `, AS ${asn}`}{addresses.length > 0 && `, ${addresses.join(', ')}`}
            <ul>{ways.map((way) => <WayText key={way.id} way={way} />)}</ul>
          </li>
        ))}
        {left > 0 && <li><Anchor component={Link} href={paths.list('vpnConnections')} inherit>{t.network.moreWays(left)}</Anchor></li>}
      </ul>
    </details>
  );
}

function WayText({ way }: { readonly way: Way }) {
  const t = useTexts();
  const rates = (line: Way['lines'][number]) => ratesWord(t, line.rates) && ` · ${ratesWord(t, line.rates)}`;
  return (
    <li>
      {way.collection === 'vpnConnections' ? t.network.connection : t.network.vif} <NextHop id={way.id} /> <Status tone={way.tone}>{wayWord(t, way)}</Status>{way.collection === 'virtualInterfaces' && rates(way.lines[0]!)}
      {way.collection === 'vpnConnections' && way.lines.length > 0 && way.lines[0]!.collection === 'vpnTunnels' && (
        <ul>{way.lines.map((line) => <li key={line.id}>{t.network.tunnel} <NextHop id={line.id} /> <Status tone={line.tone}>{lineWord(t, line)}</Status>{rates(line)}</li>)}</ul>
      )}
    </li>
  );
}
