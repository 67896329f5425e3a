/** Builds the confirmation before old rows are deleted whose number a clock that jumped would explain as well. */
import type { WaitingDeletion } from '@gatehouse/contracts/answers';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { ConfirmPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { auditPath } from './tabs.ts';

const retentionPath = `${auditPath}/retention`;

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
  const place = {
    title: text('console.audit.retention.title'),
    breadcrumbs: [{ label: text('console.audit.title'), href: auditPath }],
  };
  if (facts.length === 0)
    return {
      ...place,
      lead: text('console.audit.retention.none'),
      form: { action: consolePath, isRead: true, sections: [], submit: text('console.home.title') },
    };
  return {
    ...place,
    lead: text('console.audit.retention.lead'),
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
