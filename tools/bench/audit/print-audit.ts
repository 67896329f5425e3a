/** The cost of the audit trail for people. */
import { type AuditMeasurement, auditMust, auditRowName } from './measure-audit.ts';

const meanings = {
  whole: 'written, stored and chained',
  appended: 'written by the request alone',
  none: 'no trail',
};

export function printAudit({ costs }: AuditMeasurement['result']): void {
  console.log(`${auditRowName}: tokens with the audit trail, beside the same service without one`);
  console.table(
    costs.flatMap(({ grant, parts }) =>
      parts.map(({ part, perSecond, ratio, cpuUs, cpuRatio }) => ({
        grant,
        trail: meanings[part],
        'per second': perSecond,
        'of none': ratio,
        must: part === 'appended' ? auditMust : '',
        'CPU us': cpuUs,
        'of none by CPU': cpuRatio,
      })),
    ),
  );
}
