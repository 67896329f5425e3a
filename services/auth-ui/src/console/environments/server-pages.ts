/** Builds the pages about one Configuration Server of an environment. */
import type { ConfigServer, Environment } from '@gatehouse/contracts/environment-administration';
import { singleConfigServer } from '@gatehouse/contracts/resources';
import { describedInputs } from '../form/described.ts';
import { type Input, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { changedMeanwhile, confirmationOf } from '../shell/confirmation.ts';
import { lostSecrets } from '../shell/conflict.ts';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import { factOf } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { environmentBreadcrumbs, environmentPath } from './page-header.ts';
import { defaultPort, hostAndPort } from './server-lines.ts';

export const serverInputs: readonly Input[] = describedInputs(singleConfigServer).map((input) => {
  const { path, kind, appearance } = input;
  if (path === 'primaryPort') return { ...input, initial: String(defaultPort) };
  // Emptied, they are refused: the API has a default for a server that is new alone.
  if (path === 'locations') return { ...input, isRequired: true, empty: undefined };
  return kind === 'text' ? { ...input, appearance: { ...appearance, isCode: true } } : input;
});

/** `server`: one that exists. */
export function serverPage(
  visit: ConsoleVisit,
  environment: Environment,
  server: ConfigServer | undefined,
  typed: Typed = typedOf(serverInputs, server),
): FormPage {
  const { text } = visit;
  return {
    title: text(
      server === undefined ? 'console.environments.server.add' : 'console.environments.server.change',
    ),
    lead: text('console.environments.server.lead'),
    breadcrumbs: environmentBreadcrumbs(visit, environment),
    form: {
      action: `${environmentPath(environment.id)}/servers/${server?.id ?? 'new'}`,
      sections: sectionsOf(visit, [{ inputs: serverInputs }], typed),
      submit: text('console.environments.save'),
      cancel: environmentPath(environment.id),
    },
  };
}

/** The environment was changed since the form was opened: shows the servers of now, and asks once more. */
export function addMeanwhilePage(
  visit: ConsoleVisit,
  { configServers }: Environment,
  page: FormPage,
): ConfirmPage {
  const servers = configServers.map((one) => hostAndPort(one.primaryAddress, one.primaryPort));
  const { problem } = lostSecrets(visit, page);
  return {
    ...page,
    message: changedMeanwhile(visit),
    facts: factOf(visit.text('console.environments.servers'), servers.join(', '), true),
    form: { ...page.form, problem },
  };
}

export function removeServerPage(
  visit: ConsoleVisit,
  environment: Environment,
  { id, primaryAddress, primaryPort }: ConfigServer,
  etag: string,
): ConfirmPage {
  const own = environmentPath(environment.id);
  return confirmationOf(visit, {
    key: 'console.environments.server.remove',
    named: { server: hostAndPort(primaryAddress, primaryPort) },
    breadcrumbs: environmentBreadcrumbs(visit, environment),
    action: `${own}/servers/${id}/remove`,
    hidden: { ifMatch: etag },
    cancel: own,
    isDangerous: true,
  });
}
