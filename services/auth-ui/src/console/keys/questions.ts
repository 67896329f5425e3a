/** Builds the questions before keys change their state. */
import type { SigningKeyView } from '@gatehouse/contracts/auth-api/administration/signing-keys';
import type { SsoKeyPurpose } from '@gatehouse/contracts/auth-api/administration/single-sign-on';
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import { withProblem } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

const path = `${consolePath}/keys`;
const above = ({ text }: ConsoleVisit) => [{ label: text('console.keys.title'), href: path }];

export function rotatePage(visit: ConsoleVisit, keys: readonly SigningKeyView[]): FormPage {
  const { text } = visit;
  const algorithms = [...new Set(keys.map(({ algorithm }) => algorithm))].sort();
  return {
    title: text('console.keys.rotate'),
    lead: text('console.keys.rotate.lead'),
    path: above(visit),
    form: {
      action: `${path}/rotate`,
      sections: [
        {
          fields: [
            {
              name: 'algorithm',
              label: text('console.keys.algorithm'),
              kind: 'choice',
              value: '',
              options: [
                { value: '', label: text('console.keys.rotate.all') },
                ...algorithms.map((algorithm) => ({ value: algorithm, label: algorithm })),
              ],
            },
          ],
        },
      ],
      submit: text('console.keys.rotate'),
      cancel: path,
    },
  };
}

export function retirePage(visit: ConsoleVisit, kid: string, problem?: Problem): ConfirmPage {
  return kidQuestion(visit, 'retire', kid, problem);
}

export function removePage(visit: ConsoleVisit, kid: string, problem?: Problem): ConfirmPage {
  return kidQuestion(visit, 'remove', kid, problem);
}

function kidQuestion(
  visit: ConsoleVisit,
  step: 'retire' | 'remove',
  kid: string,
  problem: Problem | undefined,
): ConfirmPage {
  const { text } = visit;
  return {
    title: text(`console.keys.${step}.title`),
    lead: text(`console.keys.${step}.lead`),
    path: above(visit),
    facts: [{ label: text('console.keys.key'), value: kid, isCode: true }],
    form: withProblem(
      {
        action: `${path}/${step}`,
        hidden: { kid },
        sections: [],
        submit: text(`console.keys.${step}`),
        cancel: path,
        isDangerous: step === 'remove',
      },
      problem,
    ),
  };
}

export function activatePage(visit: ConsoleVisit, purpose: SsoKeyPurpose): ConfirmPage {
  const { text } = visit;
  return {
    title: text('console.keys.activate.title'),
    lead: text(`console.keys.activate.${purpose}`),
    path: above(visit),
    form: {
      action: `${path}/single-sign-on/activate`,
      hidden: { purpose },
      sections: [],
      submit: text('console.keys.activate'),
      cancel: path,
    },
  };
}
