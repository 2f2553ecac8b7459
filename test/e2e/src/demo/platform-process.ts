import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort, ServiceProcess } from './service-process.js';

const MAIN = path.resolve(import.meta.dirname, '../../../../apps/bordergate/dist/main.js');

export interface PlatformSettings {
  readonly dataDir: string;
  readonly driver: 'libipsec' | 'simulated';
  readonly netnsPrefix: string;
  readonly uplinkNetns?: string;
  readonly port?: number;
  readonly region?: string;
  /** Beside a tester that takes all the processor it can have: a session of its own, which ends with the tester (Linux). */
  readonly besideABusyTester?: boolean;
  /** Settings besides these. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The all-in-one platform, which can be killed and started again on the same data. */
export class PlatformProcess extends ServiceProcess {
  readonly region: string;

  private constructor({ dataDir, driver, netnsPrefix, uplinkNetns = '', region = 'region-1', besideABusyTester = false, env = {} }: PlatformSettings, port: number) {
    super({
      name: 'the platform', main: MAIN, port, log: path.join(dataDir, 'platform.log'), ownSession: besideABusyTester, diesWithUs: besideABusyTester,
      env: {
        BORDERGATE_DATA_DIR: dataDir, BORDERGATE_REGION: region, BORDERGATE_DRIVER: driver, BORDERGATE_NETNS_PREFIX: netnsPrefix, BORDERGATE_UPLINK_NETNS: uplinkNetns,
        BORDERGATE_SAMPLE_INTERVAL_MS: '1000', ...env,
      },
    });
    this.region = region;
  }

  static async create(settings: PlatformSettings): Promise<PlatformProcess> {
    mkdirSync(settings.dataDir, { recursive: true, mode: 0o755 });
    return new PlatformProcess(settings, settings.port ?? (await freePort()));
  }
}
