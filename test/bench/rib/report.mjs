// The tables, as Markdown that a terminal can show, too.
const us = (seconds, routes) => ((seconds / routes) * 1e6).toFixed(2);
const line = (cells) => `| ${cells.join(' | ')} |`;
const STEPS = { first: 'first peer', second: 'second peer', loss: 'loss of the first' };

/** Processor time beside the wall's: the second measures on a busy machine its other work, too. Ratios are of each. */
export function report({ results, many, journal, skipped, machine, prefixes, sets, gateways }) {
  const ours = results.find((result) => result.bytes);
  const cell = (result, step) => {
    const { wall, cpu } = result[step];
    const ratio = ours && result !== ours ? `, ${(wall / ours[step].wall).toFixed(1)} x and ${(cpu / ours[step].cpu).toFixed(1)} x ours` : '';
    return `${wall.toFixed(2)} s; ${us(cpu, prefixes)} us CPU a route${ratio}`;
  };
  const bytes = ({ bytes: kept, rss }) => [kept, rss].filter(Boolean).map((pair) => pair.map((n) => n.toFixed(0)).join(' / ')).join('; RSS ');
  return [
    '', `${prefixes} prefixes, ${sets} attribute sets a peer; ${machine}; ${new Date().toISOString()}`, '',
    line(['', ...Object.values(STEPS), 'bytes a route, one peer / two (daemons: RSS)']), line(Array(5).fill('---')),
    ...results.map((result) => line([`${result.name} ${result.version}`, ...Object.keys(STEPS).map((step) => cell(result, step)), bytes(result)])), '',
    ...feederLines(results.filter((result) => result.fed)),
    ...(ours ? [`Reading the changed rows of the loss of a peer: ${us(ours.reading.cpu, ours.reading.rows)} us a row.`] : []),
    ...(many ? manyLines(many, gateways) : []),
    ...(journal ? journalLines(journal) : []),
    ...skipped.map((what) => `skipped: ${what}`),
  ].join('\n');
}

function feederLines(fed) {
  if (fed.length === 0) return [];
  const { messages, bytes } = fed[0].fed[0];
  const sent = fed.map(({ name, first, second }) => `${name} ${first.sent.toFixed(2)} and ${second.sent.toFixed(2)} s`).join(', ');
  return [`The feeder's kernel had the last byte after: ${sent} (${messages} messages, ${(bytes / 2 ** 20).toFixed(1)} MiB a peer).`];
}

const manyLines = ({ load, setUp, bytes, update }, gateways) => [
  `${gateways} gateways of 100 routes: ${us(load.cpu, gateways * 100)} us CPU and ${bytes.toFixed(0)} bytes a route;`,
  `${(setUp / gateways / 1024).toFixed(1)} KiB a gateway before its first route; one update in one of them ${update.toFixed(1)} us CPU, rows read.`,
];

function journalLines({ json, schema, fold, rows }) {
  const share = (100 * (json + schema)) / (json + schema + fold + rows);
  const each = [['JSON', json], ['schema', schema], ['fold', fold], ['reading its row', rows]].map(([name, cpu]) => `${name} ${cpu.toFixed(1)}`).join(', ');
  return [`A record on its way through apps/routing, us CPU: ${each}; parsing is ${share.toFixed(0)} %.`];
}
