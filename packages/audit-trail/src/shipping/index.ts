/** Names what others may use to ship events and log lines. */
export { auditDocument, changesAsText, createPseudonymise, type Pseudonymise } from './audit-document.ts';
export type { ErasedCopies } from './erase-copies.ts';
export { shipLogs } from './log-shipping.ts';
