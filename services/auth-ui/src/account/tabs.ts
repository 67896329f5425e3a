/** Names the pages of the account area, for the links above each of them. */
import { accountPath } from '@gatehouse/contracts/auth-api';
import { csrfField, personOf } from '../oauth-session/guard.ts';
import type { AccountSurroundings } from '../pages/views.ts';
import type { Visit } from '../pages/visit.ts';

export const accountPages = {
  profile: accountPath,
  security: `${accountPath}/security`,
  sessions: `${accountPath}/sessions`,
  applications: `${accountPath}/applications`,
  language: `${accountPath}/language`,
} as const;

type AccountPageName = keyof typeof accountPages;

/** Builds the parts that every page of the area has. */
export function surroundingsOf({ request, text }: Visit, current: AccountPageName): AccountSurroundings {
  const names = Object.keys(accountPages) as AccountPageName[];
  return {
    tabs: names.map((name) => ({
      label: text(`account.tab.${name}`),
      href: accountPages[name],
      isCurrent: name === current,
    })),
    csrf: { name: csrfField, value: personOf(request).csrf },
  };
}
