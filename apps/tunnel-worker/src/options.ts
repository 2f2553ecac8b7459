import path from 'node:path';
import { Node, Region } from '@bordergate/contracts';
import { OptionError, type Settings } from '@bordergate/platform';
import type { DriverChoice, DriverOptions } from './driver.js';

/** Which node of which region a worker serves, and with what. */
export interface WorkerPlace extends Omit<DriverOptions, 'log'> {
  readonly region: string;
  readonly node: string;
  readonly driver: DriverChoice;
}

export function readWorkerPlace(settings: Settings): WorkerPlace {
  const netnsPrefix = settings.text('BORDERGATE_NETNS_PREFIX', 'bg-');
  if (!/^[a-z0-9-]{1,16}$/.test(netnsPrefix)) throw new OptionError('BORDERGATE_NETNS_PREFIX must be 1 to 16 lower-case letters, digits or "-"');
  return {
    region: settings.matching('BORDERGATE_REGION', 'region-1', Region),
    node: settings.matching('BORDERGATE_NODE', 'node-1', Node),
    driver: settings.oneOf('BORDERGATE_DRIVER', ['auto', 'libipsec', 'simulated'], 'auto'),
    dataDir: path.resolve(settings.text('BORDERGATE_DATA_DIR', '.data')),
    netnsPrefix,
    uplinkNetns: settings.optional('BORDERGATE_UPLINK_NETNS') ?? null,
  };
}
