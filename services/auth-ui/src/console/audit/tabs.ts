/** Builds the tabs of both trails, and the address of one request. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { ConsoleVisit } from '../shell/shell.ts';

export const auditPath = `${consolePath}/audit`;

export const refusedPath = `${auditPath}/refused`;

type Tab = 'all' | 'refused' | 'chains';

export function auditTabs({ text, rights }: ConsoleVisit, current: Tab) {
  const tab = (name: Tab, href: string) => ({
    label: text(`console.audit.tab.${name}`),
    href,
    isCurrent: name === current,
  });
  return [
    tab('all', auditPath),
    tab('refused', refusedPath),
    ...(rights.installation ? [tab('chains', `${auditPath}/chains`)] : []),
  ];
}

export function requestHref(correlationId: string): string {
  return `${auditPath}/requests/${encodeURIComponent(correlationId)}`;
}
