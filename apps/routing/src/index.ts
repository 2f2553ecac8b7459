export { createRouting, type Routing, type RoutingOptions } from './routing.js';
