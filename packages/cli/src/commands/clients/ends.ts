/** `gatehouse clients ends`: what ends when a client is deleted. */
import { createClientAdministration, orderRevocation } from '@gatehouse/api-client/auth-api';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';

export function clientEndsCommand(clients: Command, cli: Cli): void {
  clients
    .command('ends <client-id>')
    .description('what ends when a client is deleted, and which rights of others name it')
    .action(
      cli.action<object, [string]>(async ({ authApi, output }, _options, clientId) => {
        const calls = createClientAdministration(authApi);
        const [client, { ends }, { rights, isCut }] = await Promise.all([
          calls.read(clientId),
          orderRevocation(authApi, { client: clientId, dryRun: true }),
          calls.exchanges(clientId),
        ]);
        const others = rights.filter(({ requester }) => requester !== clientId);
        const naming = (list: 'subjects' | 'audiences') =>
          others.filter((right) => right[list].includes(clientId)).map(({ requester }) => requester);
        const exchanges = { subjectOf: naming('subjects'), audienceOf: naming('audiences'), isCut };
        const { jwks, jwksUri, jwtBearer, samlBearer } = client;
        const issuers = [...jwtBearer.issuers, ...samlBearer.issuers].map(({ issuer }) => issuer);
        output.record({ ends, keys: jwks?.keys.length ?? 0, jwksUri, issuers, exchanges }, [
          ['ends: tokens of people', ends?.people],
          ['people were looked for since', ends?.since],
          ['consents of people', ends?.client?.consents],
          ['registered keys', jwks?.keys.length],
          ['keys at', jwksUri],
          ['issuers that it trusts', issuers.join(', ')],
          ['goes on: sessions', ends?.client?.sessions],
          ['names nothing: rights to exchange its tokens', exchanges.subjectOf.join(', ')],
          ['rights to get tokens for it', exchanges.audienceOf.join(', ')],
        ]);
        if (isCut) output.note('More clients have such rights than are shown.');
      }),
    );
}
