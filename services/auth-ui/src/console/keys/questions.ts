/** Builds the questions before keys change their state. */
import type { SigningKeyView } from '@gatehouse/contracts/auth-api/administration/signing-keys';
import type { SsoKeyPurpose } from '@gatehouse/contracts/auth-api/administration/single-sign-on';
import type { ConfirmPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { keysPath } from './keys-page.ts';

const above = ({ text }: ConsoleVisit) => [{ label: text('console.keys.title'), href: keysPath }];

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
    path: above(visit),
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
  const { text } = visit;
  return {
    title: text(`console.keys.${step}.title`),
    lead: text(`console.keys.${step}.lead`),
    path: above(visit),
    facts: [{ label: text('console.keys.key'), value: kid, isCode: true }],
    form: {
      action: `${keysPath}/${step}`,
      hidden: { kid, ifMatch: etag },
      sections: [],
      submit: text(`console.keys.${step}`),
      cancel: keysPath,
      isDangerous: step === 'remove',
    },
  };
}

export function activatePage(visit: ConsoleVisit, purpose: SsoKeyPurpose, etag: string): ConfirmPage {
  const { text } = visit;
  return {
    title: text('console.keys.activate.title'),
    lead: text(`console.keys.activate.${purpose}`),
    path: above(visit),
    form: {
      action: `${keysPath}/single-sign-on/activate`,
      hidden: { purpose, ifMatch: etag },
      sections: [],
      submit: text('console.keys.activate'),
      cancel: keysPath,
    },
  };
}
