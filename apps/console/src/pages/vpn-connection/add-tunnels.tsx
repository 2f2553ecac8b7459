import { http, initialPairs, weakAlgorithms, type EndPoints, type TunnelOptions } from '@bordergate/contracts';
import { Alert, Button, Fieldset, Group, Select, Stack, Switch, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { usePlatform } from '../../api/platform.js';
import { ApiProblem, formProblem, Unreachable } from '../../api/problem.js';
import type { Documents } from '../../api/types.js';
import { Field } from '../../forms/field.js';
import { RARE_TUNNEL_OPTIONS, TUNNEL_IDENTITY, tunnelWhen } from '../../forms/forms.js';
import { errorsOf, fieldsOf, startValues, type FieldSpec, type Values } from '../../forms/schema-fields.js';
import { useCreated } from '../../forms/use-created.js';
import { useTexts } from '../../i18n/index.js';
import { Icon } from '../../ui/icons.js';
import { Status } from '../../ui/status.js';
import classes from './add-tunnels.module.css';
import { freePairs } from './proposal.js';
import { effectiveValues, requestedTunnels, type Draft } from './tunnel-drafts.js';

const FIELDS = fieldsOf(http.CreateVpnTunnel).filter(({ name }) => !['vpnConnectionId', 'cloudPublicIp', 'customerIp'].includes(name));
const STANDARD = startValues(FIELDS, { ipsecAuth: 'sha256' });
const rare = new Set(RARE_TUNNEL_OPTIONS);
const identity = new Set(TUNNEL_IDENTITY);
const when: Readonly<Record<string, (values: Values) => boolean>> = tunnelWhen;

interface Props {
  readonly connection: Documents['vpnConnections'];
  readonly customerIps: readonly string[];
  readonly tunnels: readonly EndPoints[];
  readonly onClose: () => void;
}

/** "Add tunnel": of a connection without tunnels the initial set, all or nothing; later one at a time. */
export function AddTunnels({ connection, customerIps, tunnels, onClose }: Props) {
  const t = useTexts();
  const { region } = usePlatform();
  const create = useCreated(onClose);
  const [first] = useState(tunnels.length === 0);
  const [free] = useState(() => freePairs(connection.cloudPublicIp, customerIps, tunnels));
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => (first ? initialPairs(connection.cloudPublicIp, customerIps) : free.slice(0, 1)).map((pair) => ({ pair, same: true, values: STANDARD })));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (n: number, next: Partial<Draft>) => setDrafts((now) => now.map((draft, at) => (at === n ? { ...draft, ...next } : draft)));

  const submit = async () => {
    const body = { tunnels: requestedTunnels(drafts, FIELDS) };
    const wrong = Object.fromEntries(body.tunnels.flatMap((tunnel, n) => Object.entries(errorsOf(http.InitialTunnel, tunnel, t.form.required)).map(([name, rule]) => [`tunnels[${n}].${name}`, rule])));
    setErrors(wrong);
    setFailure(null);
    if (Object.keys(wrong).length > 0) return;
    setBusy(true);
    try {
      await create(`/v1/regions/${region}/vpnConnections/${connection.vpnConnectionId}:addTunnels`, body, () => t.tunnels.added(body.tunnels.length));
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiProblem) {
        const shown = formProblem(error.problem, drafts.flatMap((_, n) => ['pair', ...FIELDS.map(({ name }) => name)].map((name) => `tunnels[${n}].${name}`)));
        setErrors(shown.fields);
        setFailure(shown.form);
      } else if (error instanceof Unreachable) setFailure(t.form.unknownOutcome);
      else throw error;
    }
  };

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <Stack>
        <Text size="sm">{first ? `${t.tunnels.first(drafts.length)}. ${t.tunnels.firstText}` : t.tunnels.one} {t.tunnels.recommended}</Text>
        {failure && <Alert color="red" role="alert">{failure}</Alert>}
        {drafts.map((draft, n) => (
          <DraftForm key={n} n={n} drafts={drafts} pairs={first ? [draft.pair] : free} errors={errors} disabled={busy} onChange={(next) => change(n, next)} />
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t.actions.cancel}</Button>
          <Button type="submit" loading={busy}>{first ? t.tunnels.addFirst : t.tunnels.add}</Button>
        </Group>
      </Stack>
    </form>
  );
}

interface DraftProps {
  readonly n: number;
  readonly drafts: readonly Draft[];
  readonly pairs: readonly EndPoints[];
  readonly errors: Readonly<Record<string, string>>;
  readonly disabled: boolean;
  readonly onChange: (next: Partial<Draft>) => void;
}

const pairText = (pair: EndPoints) => `${pair.cloudPublicIp} ${pair.customerIp}`;

function DraftForm({ n, drafts, pairs, errors, disabled, onChange }: DraftProps) {
  const t = useTexts();
  const id = useId();
  const draft = drafts[n]!;
  const [opened, setOpened] = useState(false);
  const mine = Object.keys(errors).filter((path) => path.startsWith(`tunnels[${n}].`));
  const open = opened || mine.length > 0;
  const own = n === 0 || !draft.same;
  const weak = weakAlgorithms(effectiveValues(drafts, n) as unknown as TunnelOptions);
  const draw = (shown: readonly FieldSpec[]) => shown.filter(({ name }) => when[name]?.(draft.values) ?? true).map((spec) => (
    <Field key={spec.name} id={`${id}-${spec.name}`} spec={spec} value={draft.values[spec.name]} error={errors[`tunnels[${n}].${spec.name}`]} disabled={disabled} onChange={(value) => onChange({ values: { ...draft.values, [spec.name]: value } })} />
  ));
  const of = (test: (name: string) => boolean) => FIELDS.filter(({ name }) => test(name));
  return (
    <Fieldset legend={t.tunnels.tunnelN(n + 1)}>
      <Stack gap="sm">
        {pairs.length === 1
          ? <Text fw={500}>{t.tunnels.pairs(draft.pair.cloudPublicIp, draft.pair.customerIp)}</Text>
          : <Select label={t.tunnels.pair} data={pairs.map((pair) => ({ value: pairText(pair), label: t.tunnels.pairs(pair.cloudPublicIp, pair.customerIp) }))} value={pairText(draft.pair)} allowDeselect={false} onChange={(text) => onChange({ pair: pairs.find((pair) => pairText(pair) === text)! })} />}
        {n > 0 && <Switch label={t.tunnels.same} description={t.tunnels.sameLong} checked={draft.same} disabled={disabled} onChange={(event) => onChange({ same: event.currentTarget.checked, values: event.currentTarget.checked ? draft.values : { ...drafts[0]!.values, ...ownOf(draft.values) } })} />}
        <div className={classes.fields}>{draw(of((name) => name === 'psk'))}</div>
        {weak.length > 0 && <Text component="div" size="sm"><Status tone="warn">{t.tunnels.weakIn(weak.map((name) => name.split(':')[1]).join(', '))} {t.status.weakLong}</Status></Text>}
        <Button variant="subtle" size="compact-sm" className="self-start" aria-expanded={open} onClick={() => setOpened(!open)} rightSection={<Icon name="chevron" size={12} />}>{own ? t.tunnels.parameters : t.tunnels.addresses}</Button>
        {open && own && (
          <>
            <Text fw={600} size="sm">{t.tunnels.phase1}</Text>
            <div className={classes.fields}>{draw(of((name) => name.startsWith('ike')))}</div>
            <Text fw={600} size="sm">{t.tunnels.phase2}</Text>
            <div className={classes.fields}>{draw(of((name) => name.startsWith('ipsec') || (rare.has(name) && !name.startsWith('ike'))))}</div>
            <Text fw={600} size="sm">{t.tunnels.addresses}</Text>
          </>
        )}
        {open && <div className={classes.fields}>{draw(of((name) => identity.has(name)))}</div>}
      </Stack>
    </Fieldset>
  );
}

/** What a tunnel keeps when it takes over the first one's parameters as its own. */
const ownOf = (values: Values): Values => Object.fromEntries(['psk', ...TUNNEL_IDENTITY].map((name) => [name, values[name]]));
