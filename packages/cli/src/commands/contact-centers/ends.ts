/** `gatehouse cc ends`: what ends when a contact centre is disabled or deleted, at both services. */
import { orderRevocation } from '@gatehouse/api-client/auth-api';
import {
  createContactCenterAdministration,
  createEnvironmentAdministration,
} from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { contactCenterOf } from '../../input/named.ts';
import { namesOfClients } from '../../input/shown-names.ts';
import type { Session } from '../../session.ts';

export function ccEndsCommand(cc: Command, cli: Cli): void {
  cc.command('ends <contact-center>')
    .description('what ends when a contact centre is disabled, and what is deleted with it')
    .action(
      cli.action<object, [string]>(async (session, _options, named) => {
        const { authApi, environmentApi, output } = session;
        const id = await contactCenterOf(session, named);
        const [{ ends }, deleted] = await Promise.all([
          orderRevocation(authApi, { contactCenter: id, dryRun: true }),
          createContactCenterAdministration(environmentApi).ends(id),
        ]);
        const { environment, singleSignOn } = deleted;
        const clientName = await namesOfClients(session, ends?.clients ?? []);
        const { name = environment.id } = await environmentNamed(session, environment.id);
        output.record({ disabled: ends, deleted }, [
          ['ends when disabled: sessions', ends?.sessions],
          ['tokens of people', ends?.people],
          ['tokens of clients', ends?.clients.map(clientName).join(', ')],
          ['deleted: settings', deleted.settings],
          ['origins', deleted.origins],
          ['API keys', deleted.apiKeys],
          ['SCIM keys', deleted.scimKeys],
          [
            'single sign-on',
            singleSignOn.map(({ protocol, location }) => `${protocol} ${location}`).join(', '),
          ],
          ['branding', deleted.branding],
          ['stays: environment', `${name}, used by ${environment.contactCenters} others`],
          ['people of the store', environment.people],
        ]);
      }),
    );
}

/** An administrator of a contact centre reads no environment. */
async function environmentNamed(
  { environmentApi }: Session,
  id: string,
): Promise<{ name?: string | undefined }> {
  try {
    return await createEnvironmentAdministration(environmentApi).read(id);
  } catch (error) {
    if (error instanceof UpstreamError) return {};
    throw error;
  }
}
