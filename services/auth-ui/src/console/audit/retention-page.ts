/** Builds the question before old rows are deleted whose number a clock that jumped would explain as well. */
import type { WaitingDeletion } from '@gatehouse/contracts/audit-chain';
import type { ConfirmPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { auditPath } from './frame.ts';

export const retentionPath = `${auditPath}/retention`;

export function retentionPage(
  { text }: ConsoleVisit,
  waiting: Record<'Auth API' | 'Environment API', readonly WaitingDeletion[]>,
): ConfirmPage {
  const facts = Object.entries(waiting).flatMap(([service, deletions]) =>
    deletions.map(({ name, from, to }) => ({
      label: `${service}: ${name}`,
      value: text('console.audit.retention.span', { from: new Date(from), to: new Date(to) }),
    })),
  );
  return {
    title: text('console.audit.retention.title'),
    lead: text(facts.length > 0 ? 'console.audit.retention.lead' : 'console.audit.retention.none'),
    path: [{ label: text('console.audit.title'), href: auditPath }],
    facts,
    form: {
      action: retentionPath,
      sections: [],
      submit: text('console.audit.retention.confirm'),
      cancel: auditPath,
      isDangerous: true,
    },
  };
}
