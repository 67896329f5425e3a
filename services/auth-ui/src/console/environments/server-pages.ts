/** Builds the pages about one Configuration Server of an environment. */
import type {
  ConfigServer,
  Environment,
} from '@gatehouse/contracts/environment-api/administration/environments';
import { lostSecrets } from '../shell/conflict.ts';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import { type FormField, factOf } from '../shell/parts.ts';
import { changedMeanwhile } from '../shell/question.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { hostAndPort } from './fields.ts';
import { environmentPath, wayTo } from './frame.ts';

export interface TypedServer {
  primaryAddress: string;
  primaryPort: string;
  backupAddress: string;
  backupPort: string;
  readOnly: string;
  locations: string;
}

/** `serverId`: of one that exists. */
export function serverPage(
  visit: ConsoleVisit,
  environment: Environment,
  serverId: string | undefined,
  typed: TypedServer,
  etag: string,
): FormPage {
  const { text } = visit;
  const field = (name: keyof TypedServer, more: Partial<FormField> = {}): FormField => ({
    name,
    label: text(`console.environments.server.${name}`),
    kind: 'text',
    value: typed[name],
    isCode: true,
    maxLength: 256,
    ...more,
  });
  return {
    title: text(
      serverId === undefined ? 'console.environments.server.add' : 'console.environments.server.change',
    ),
    lead: text('console.environments.server.lead'),
    path: wayTo(visit, environment),
    form: {
      action: `${environmentPath(environment.id)}/servers/${serverId ?? 'new'}`,
      hidden: { ifMatch: etag },
      sections: [
        {
          fields: [
            field('primaryAddress', { isRequired: true }),
            field('primaryPort', { isRequired: true, kind: 'number' }),
            field('backupAddress', { hint: text('console.environments.server.backupAddress.hint') }),
            field('backupPort', { kind: 'number' }),
            field('locations', {
              kind: 'textarea',
              rows: 3,
              maxLength: 4096,
              isRequired: true,
              hint: text('console.environments.server.locations.hint'),
            }),
            field('readOnly', {
              kind: 'check',
              isChecked: typed.readOnly === 'true',
              hint: text('console.environments.server.readOnly.hint'),
            }),
            {
              name: 'password',
              label: text('console.environments.server.password'),
              hint: text('console.environments.server.password.hint'),
              kind: 'password',
            },
          ],
        },
      ],
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
  const { text } = visit;
  const server = hostAndPort(primaryAddress, primaryPort);
  const own = environmentPath(environment.id);
  return {
    title: text('console.environments.server.remove.title', { server }),
    lead: text('console.environments.server.remove.lead'),
    path: wayTo(visit, environment),
    form: {
      action: `${own}/servers/${id}/remove`,
      hidden: { ifMatch: etag },
      sections: [],
      submit: text('console.environments.server.remove'),
      cancel: own,
      isDangerous: true,
    },
  };
}
