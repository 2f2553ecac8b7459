export { readOptions, type PlatformOptions } from './options.js';
export { startPlatform, type Platform } from './platform.js';
