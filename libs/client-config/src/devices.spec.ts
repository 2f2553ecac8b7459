import { isRejection } from '@bordergate/kernel';
import { describe, expect, it } from 'vitest';
import { clientConfig, type ClientConfig } from './client-config.js';
import { DEVICES } from './devices.js';
import { GOLDEN, siteOf } from './sites.test-support.js';

const HASH = '0123456789abcdef'.repeat(4);

function configOf(device: string, request: Parameters<typeof clientConfig>[1]): ClientConfig {
  const config = clientConfig(device, request);
  if (isRejection(config)) throw new Error(config.because);
  return config;
}

describe.each(DEVICES.map(({ id }) => id))('%s', (id) => {
  // `npx vitest run --project unit libs/client-config -u` writes them again; every line is to be held against the vendor's page.
  it.each(Object.entries(GOLDEN))('renders %s as in its golden file', async (name, { site, networks }) => {
    const { files, notes } = configOf(id, { site, hash: HASH, local: { networks } });
    const text = [...files.map((file) => `===== ${file.name}\n${file.content}`), `===== notes\n${notes.map((note) => `- ${note}\n`).join('')}`].join('');
    await expect(text).toMatchFileSnapshot(`../golden/${id}/${name}.txt`);
  });

  it('names the options it was generated from in every file, and no time', () => {
    for (const { content } of configOf(id, { site: siteOf('two', 'bgp'), hash: HASH, local: { networks: [] } }).files) {
      expect(content).toContain('generated from options 01234567\n');
      expect(content).not.toMatch(/20\d\d-\d\d/);
    }
  });

  it('has the keys only when they are given', () => {
    const site = siteOf('two', 'bgp');
    const local = { networks: [] };
    const all = ({ files }: ClientConfig) => files.map(({ content }) => content).join('');
    const without = all(configOf(id, { site, hash: HASH, local }));
    const keys = new Map(site.tunnels.map(({ tunnelId }, index) => [tunnelId, `Secret${index}Secret`]));
    const withKeys = all(configOf(id, { site, hash: HASH, local, psks: keys }));
    for (const [tunnelId, key] of keys) {
      expect(without).toContain(`<PSK of ${tunnelId}>`);
      expect(withKeys).toContain(key);
    }
    expect(without).not.toContain('Secret');
    expect(withKeys).not.toContain('<PSK of tun');
  });

  it('leaves no value of ours unsaid', () => {
    const { files } = configOf(id, { site: siteOf('four', 'static'), hash: HASH, local: { networks: [] } });
    const text = files.map(({ content }) => content).join('').replaceAll('/dev/null', '');
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    for (const { customerIp, cloudIp, customerInner } of siteOf('four', 'static').tunnels) for (const address of [customerIp, cloudIp, customerInner]) expect(text).toContain(address);
  });
});
