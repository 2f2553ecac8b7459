// The table, as Markdown that a terminal can show, too.
const us = (seconds, routes) => (seconds / routes * 1e6).toFixed(2);
const line = (cells) => `| ${cells.join(' | ')} |`;

/** Ratios are of processor time, because a wall clock on a busy machine measures its other work; both are printed. */
export function report({ results, many, skipped, machine, prefixes, sets, gateways }) {
  const ours = results.find((result) => result.bytes);
  const rows = results.map((result) => {
    const times = ['first', 'second', 'loss'].map((step) => {
      const { wall, cpu } = result[step];
      const ratio = ours && result !== ours ? ` (${(wall / ours[step].wall).toFixed(1)}x, ${(cpu / ours[step].cpu).toFixed(1)}x)` : '';
      return `${wall.toFixed(2)} s, ${us(cpu, prefixes)} us${ratio}`;
    });
    const [one, two] = result.bytes ?? result.rss;
    return line([`${result.name} ${result.version}`, ...times, `${one.toFixed(0)} / ${two.toFixed(0)}${result.bytes ? ` (RSS ${result.rss.map((bytes) => bytes.toFixed(0)).join(' / ')})` : ''}`]);
  });
  const sent = results.filter((result) => result.fed).map((result) => `${result.name} ${result.first.sent.toFixed(2)} s`);
  return [
    '', `${prefixes} prefixes, ${sets} attribute sets a peer; ${machine}; ${new Date().toISOString()}`, '',
    line(['', 'first peer: wall, CPU a route (ratios)', 'second peer', 'loss of the first', 'bytes a route: one peer / two']), line(['---', '---', '---', '---', '---']), ...rows, '',
    ...(sent.length > 0 ? [`The feeder had handed its last byte to the kernel after: ${sent.join(', ')}; ${results.at(-1).fed[0].messages} messages, ${(results.at(-1).fed[0].bytes / 2 ** 20).toFixed(1)} MiB a peer.`] : []),
    ...(many ? [`${gateways} gateways of 100 routes: ${us(many.load.cpu, gateways * 100)} us and ${many.bytes.toFixed(0)} bytes a route (${(many.setUp / gateways / 1024).toFixed(1)} KiB a gateway before its first route); one update in one of them: ${many.update.toFixed(1)} us.`] : []),
    ...skipped.map((what) => `skipped: ${what}`),
  ].join('\n');
}
