export { createResources, type Resources, type ResourcesOptions } from './create-resources.js';
