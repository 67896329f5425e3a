/** Builds the confirmations before people sign in by another scheme than today. */
import type { SignOnRecord } from '@gatehouse/api-client/environment-api';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { confirmationOf } from '../shell/confirmation.ts';
import type { ConfirmPage } from '../shell/pages.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { providerOf, singleSignOnBreadcrumbs } from './pages.ts';
import { addressOf, type Place, singleSignOnPath } from './places.ts';

export function singleSignOnConfirmation(
  visit: ConsoleVisit,
  change: 'enable' | 'disable' | 'delete',
  {
    center,
    place,
    record,
    etag,
  }: { center: ContactCenter; place: Place; record: SignOnRecord; etag: string },
): ConfirmPage {
  const { text } = visit;
  const groups = namesOf(record['accessGroups']);
  const kept = namesOf(record['passwordUsers']);
  const fact = (label: string, value: string) => ({ label, value });
  const facts = [
    fact(text('console.singleSignOn.provider'), providerOf(visit, record)),
    fact(text('field.saml.accessGroups'), groups.join(', ') || text('console.singleSignOn.everybody')),
    fact(text('field.saml.passwordUsers'), kept.join(', ') || text('console.singleSignOn.nobody')),
  ];
  const passwords =
    groups.length > 0
      ? text('console.singleSignOn.enable.groups', { groups: groups.join(', ') })
      : text('console.singleSignOn.enable.everybody');
  const away = kept.length > 0 ? '' : text('console.singleSignOn.enable.noPasswordUser');
  const isOff = change !== 'enable' && !record.enabled;
  return confirmationOf(visit, {
    key: `console.singleSignOn.${change}`,
    lead:
      change === 'enable'
        ? [passwords, away].filter(Boolean).join(' ')
        : text(isOff ? 'console.singleSignOn.delete.off' : `console.singleSignOn.${change}.lead`),
    breadcrumbs: singleSignOnBreadcrumbs(visit, center, place),
    facts,
    action: `${singleSignOnPath(center.id)}/${change}`,
    hidden: { ...place, ifMatch: etag },
    cancel: addressOf(center.id, 'set-up', place),
    isDangerous: change !== 'enable',
  });
}

/** The form has no fields: what is missing is said above it. */
export function reasonOf({ message, fields }: Problem): string {
  const reasons = Object.entries(fields).map(([name, reason]) => `${name}: ${reason}`);
  return reasons.length > 0 ? reasons.join('; ') : message;
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
