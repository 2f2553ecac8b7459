import { describe, expect, it } from 'vitest';
import { type Machine, missingForTunnels } from './driver.js';

const able: Machine = { platform: 'linux', mayMakeNamespaces: true, hasTun: true, hasCharon: true, hasCommand: () => true };

describe('missingForTunnels', () => {
  it.each<[string, Partial<Machine>, (RegExp | string)[]]>([
    ['nothing on a machine that has all', {}, []],
    ['everything at once elsewhere', { platform: 'darwin', hasTun: false }, [/Linux/]],
    ['rights, as in an ordinary container', { mayMakeNamespaces: false }, [/CAP_NET_ADMIN/]],
    ['the packages, by name', { hasTun: false, hasCharon: false, hasCommand: () => false }, ['/dev/net/tun', /charon-systemd/, /bird2/, /iproute2/, /nftables/, /procps/, /nsenter/, /setpriv/]],
    ['what sets up namespaces and what watches their routes', { hasCommand: name => !['nft', 'sysctl', 'setpriv'].includes(name) }, [/^nft/, /^sysctl/, /^setpriv/]],
  ])('names %s', (_, changes, expected) => {
    const missing = missingForTunnels({ ...able, ...changes });
    expect(missing).toHaveLength(expected.length);
    expected.forEach((each, i) => { expect(missing[i]).toMatch(each); });
  });
});
