export { clientConfig, deviceNamed, type ClientConfig, type ClientConfigRequest } from './client-config.js';
export type { ClientFile, Device, Unsupported } from './device.js';
export { DEVICES } from './devices.js';
export type { ClientBgp, ClientSite, ClientTunnel, LocalAnswers } from './site.js';
