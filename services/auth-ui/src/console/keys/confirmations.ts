/** Builds the confirmations before keys change their state. */
import type { SigningKeyView, SsoKeyPurpose } from '@gatehouse/contracts/auth-administration';
import { confirmationOf } from '../shell/confirmation.ts';
import type { ConfirmPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { keysPath } from './keys-page.ts';

const breadcrumbsOf = ({ text }: ConsoleVisit) => [{ label: text('console.keys.title'), href: keysPath }];

export function rotatePage(
  visit: ConsoleVisit,
  keys: readonly SigningKeyView[],
  etag: string,
  algorithm: string,
): ConfirmPage {
  const { text } = visit;
  const algorithms = [...new Set(keys.map(({ algorithm }) => algorithm))].sort();
  return {
    title: text('console.keys.rotate'),
    lead: text('console.keys.rotate.lead'),
    breadcrumbs: breadcrumbsOf(visit),
    form: {
      action: `${keysPath}/rotate`,
      hidden: { ifMatch: etag },
      sections: [
        {
          fields: [
            {
              name: 'algorithm',
              label: text('console.keys.algorithm'),
              kind: 'choice',
              value: algorithm,
              options: [
                { value: '', label: text('console.keys.rotate.all') },
                ...algorithms.map((value) => ({ value, label: value })),
              ],
            },
          ],
        },
      ],
      submit: text('console.keys.rotate'),
      cancel: keysPath,
    },
  };
}

export function kidPage(
  visit: ConsoleVisit,
  step: 'retire' | 'remove',
  kid: string,
  etag: string,
): ConfirmPage {
  return confirmationOf(visit, {
    key: `console.keys.${step}`,
    breadcrumbs: breadcrumbsOf(visit),
    facts: [{ label: visit.text('console.keys.key'), value: kid, isCode: true }],
    action: `${keysPath}/${step}`,
    hidden: { kid, ifMatch: etag },
    cancel: keysPath,
    isDangerous: step === 'remove',
  });
}

export function activatePage(visit: ConsoleVisit, purpose: SsoKeyPurpose, etag: string): ConfirmPage {
  return confirmationOf(visit, {
    key: 'console.keys.activate',
    lead: visit.text(`console.keys.activate.${purpose}`),
    breadcrumbs: breadcrumbsOf(visit),
    action: `${keysPath}/single-sign-on/activate`,
    hidden: { purpose, ifMatch: etag },
    cancel: keysPath,
  });
}
