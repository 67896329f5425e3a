/** Builds the form that brings a private key along. What was typed is not shown again: it is a secret. */
import type { FormPage } from '../shell/pages.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { keysPath } from './keys-page.ts';

export function importPage({ text }: ConsoleVisit, state: 'next' | 'active', etag: string): FormPage {
  return {
    title: text('console.keys.import'),
    lead: text('console.keys.import.lead'),
    path: [{ label: text('console.keys.title'), href: keysPath }],
    form: {
      action: `${keysPath}/import`,
      hidden: { ifMatch: etag },
      sections: [
        {
          fields: [
            {
              name: 'key',
              label: text('console.keys.import.key'),
              hint: text('console.keys.import.key.hint'),
              kind: 'textarea',
              rows: 8,
              isCode: true,
              isRequired: true,
              maxLength: 65_536,
            },
            {
              name: 'password',
              label: text('console.keys.import.password'),
              hint: text('console.keys.import.password.hint'),
              kind: 'password',
              autocomplete: 'off',
              maxLength: 1024,
            },
            {
              name: 'state',
              label: text('console.keys.import.state'),
              kind: 'choice',
              value: state,
              options: [
                {
                  value: 'next',
                  label: text('console.keys.import.next'),
                  hint: text('console.keys.import.next.hint'),
                },
                {
                  value: 'active',
                  label: text('console.keys.import.active'),
                  hint: text('console.keys.import.active.hint'),
                },
              ],
            },
          ],
        },
      ],
      submit: text('console.keys.import'),
      cancel: keysPath,
    },
  };
}

/** The API names the form of the key, and both have one field here. */
export function besideKey(problem: Problem): Problem {
  const { pem, jwk = pem } = problem.fields;
  return jwk === undefined ? problem : { ...problem, fields: { ...problem.fields, key: jwk } };
}
