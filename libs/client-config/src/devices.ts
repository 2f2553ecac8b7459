import type { Device } from './device.js';
import { ciscoIos } from './devices/cisco-ios.js';
import { fortigate } from './devices/fortigate.js';
import { h3cMsr } from './devices/h3c-msr.js';
import { huaweiUsg } from './devices/huawei-usg.js';
import { juniperSrx } from './devices/juniper-srx.js';
import { strongswanBird } from './devices/strongswan-bird.js';
import { strongswanFrr } from './devices/strongswan-frr.js';

/** Every device there is, in the order of lists. */
export const DEVICES: readonly Device[] = [strongswanFrr, strongswanBird, ciscoIos, huaweiUsg, h3cMsr, juniperSrx, fortigate];
