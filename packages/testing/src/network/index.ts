/** Names what tests may use of ports and connections. */
export { acceptsConnections, freePort } from './ports.ts';
export { startTcpProxy } from './tcp-proxy.ts';
