/** Builds the form that brings a private key along. What was typed is not shown again: it is a secret. */
import type { FormPage } from '../shell/pages.ts';
import { withProblem } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { keysPath } from './keys-page.ts';

export function importPage({ text }: ConsoleVisit, state: 'next' | 'active', problem?: Problem): FormPage {
  const about = problem?.fields['pem'] ?? problem?.fields['jwk'];
  return {
    title: text('console.keys.import'),
    lead: text('console.keys.import.lead'),
    path: [{ label: text('console.keys.title'), href: keysPath }],
    form: withProblem(
      {
        action: `${keysPath}/import`,
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
                problem: about,
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
      problem,
    ),
  };
}
