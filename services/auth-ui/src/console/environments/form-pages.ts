/** Builds the forms of an environment: a new one, a change, and the confirmation before it is deleted. */
import type { Environment } from '@gatehouse/contracts/environment-administration';
import {
  type Directory,
  defaultDirectory,
  directories,
  isOwnDirectory,
} from '@gatehouse/contracts/environment-api';
import { type Typed, typedOf } from '../form/inputs.ts';
import { trialButton } from '../form/routes.ts';
import { type Section, sectionsOf } from '../form/sections.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { inputsFor, sectionsFor } from './fields.ts';
import { environmentBreadcrumbs, environmentPath, environmentsPath, nameOf } from './page-header.ts';

export function chooseDirectoryPage({ text }: ConsoleVisit): FormPage {
  return {
    title: text('console.environments.new'),
    lead: text('console.environments.new.lead'),
    breadcrumbs: [{ label: text('console.environments.title'), href: environmentsPath }],
    form: {
      action: `${environmentsPath}/new`,
      isRead: true,
      sections: [
        {
          fields: [
            {
              name: 'directory',
              label: text('console.environments.directory'),
              kind: 'choice',
              value: defaultDirectory,
              options: directories.map((directory) => ({
                value: directory,
                label: text(`console.environments.directory.${directory}`),
                hint: text(`console.environments.directory.${directory}.hint`),
              })),
            },
          ],
        },
      ],
      submit: text('button.continue'),
      cancel: environmentsPath,
    },
  };
}

export function newPage(
  visit: ConsoleVisit,
  directory: Directory,
  typed: Typed = typedOf(inputsFor(directory, true)),
): FormPage {
  const { text } = visit;
  return {
    title: text('console.environments.new'),
    lead: text(`console.environments.directory.${directory}.hint`),
    breadcrumbs: [{ label: text('console.environments.title'), href: environmentsPath }],
    form: {
      action: `${environmentsPath}/new`,
      hidden: { directory },
      sections: sectionsOf(visit, sectionsFor(directory, true), typed),
      submit: text('console.environments.create'),
      ...(isOwnDirectory(directory) ? {} : { other: trialButton(visit) }),
      cancel: `${environmentsPath}/new`,
    },
  };
}

/** Without a certificate no key is kept. */
const changed = ({ directory, tls }: Environment): Section[] =>
  sectionsFor(directory, false).map((section) => ({
    ...section,
    inputs: section.inputs.map((input) =>
      input.path === 'tls.mutual.key' && tls?.mutual === undefined
        ? { ...input, hint: 'field.environment.tls.mutual.key.help' }
        : input,
    ),
  }));

export function changePage(
  visit: ConsoleVisit,
  environment: Environment,
  typed: Typed = typedOf(inputsFor(environment.directory, false), environment),
): FormPage {
  const { text } = visit;
  return {
    title: text('console.environments.change'),
    breadcrumbs: environmentBreadcrumbs(visit, environment),
    form: {
      action: `${environmentPath(environment.id)}/change`,
      sections: sectionsOf(visit, changed(environment), typed),
      submit: text('console.environments.save'),
      other: trialButton(visit),
      cancel: environmentPath(environment.id),
    },
  };
}

export function deletePage(visit: ConsoleVisit, environment: Environment, etag: string): ConfirmPage {
  const own = environmentPath(environment.id);
  return confirmationOf(visit, {
    key: 'console.environments.delete',
    breadcrumbs: environmentBreadcrumbs(visit, environment),
    facts: [{ label: visit.text('console.environments.environment'), value: nameOf(environment) }],
    action: `${own}/delete`,
    hidden: { ifMatch: etag },
    cancel: own,
    isDangerous: true,
  });
}
