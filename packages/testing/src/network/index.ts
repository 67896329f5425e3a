/** Names what tests may use of ports and connections. */
export { freePort } from './ports.ts';
export { startTcpProxy } from './tcp-proxy.ts';
