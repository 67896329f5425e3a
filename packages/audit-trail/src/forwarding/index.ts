/** Names what others may use of the second destination of audit events. */
export { createAuditLag, problemsOfLag } from './audit-lag.ts';
export { forwardDestination } from './forward-destination.ts';
export { forwardProbe } from './forward-probe.ts';
