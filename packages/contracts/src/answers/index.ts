/** Names what others may use of the parts that answers of both APIs share. */
export {
  auditDaysQuery,
  reshipAnswer,
  retentionAnswer,
  type VerifiedDay,
  type VerifiedTrail,
  verifyAnswer,
  type WaitingDeletion,
} from './audit-chain.ts';
export { components } from './components.ts';
export {
  authApiDiagnosisPath,
  type Diagnosis,
  diagnosisSchema,
  environmentApiDiagnosisPath,
  type Finding,
} from './diagnosis.ts';
export {
  emptyEnvelope,
  envelopeOf,
  errorEnvelope,
  nextCursorSchema,
  operationIdField,
  securityError,
  successStatus,
  type Total,
  totalFields,
  type Warning,
  warningSchema,
  wrapped,
} from './envelope.ts';
export {
  type AuditLag,
  type Ending,
  type OverviewWindow,
  type Problem,
  type Runbook,
  runbooks,
  windows,
} from './overview.ts';
export { type RowFormat, rowExportAnswer, rowExportFields, rowFormats } from './row-export.ts';
