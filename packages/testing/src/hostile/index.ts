/** Names what tests may use to behave as an attacker does. */
export { holdBody } from './held-body.ts';
export { hostileRequests } from './hostile-bodies.ts';
export { type HostileAct, hostileActs, redirectTo, startHostileHttp } from './hostile-http.ts';
