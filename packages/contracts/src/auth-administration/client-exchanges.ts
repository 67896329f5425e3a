/** Describes who may exchange the tokens of a client, and which tokens it may exchange: the data of a graph. */

import { z } from 'zod';
import { components } from '../answers/components.ts';

export const clientExchangesSchema = z.object({
  client_id: z.string(),
  rights: z
    .array(
      z.object({
        requester: z.string().describe('The client that may ask for a token exchange.'),
        subjects: z.array(z.string()).describe('Clients whose tokens it may present.'),
        audiences: z.array(z.string()).describe('Clients for which it may get tokens, itself first.'),
        delegation: z.boolean().describe('It may present an actor_token beside.'),
        idTokens: z.boolean().describe('It may present ID tokens.'),
        refreshTokens: z.boolean().describe('It may ask for refresh tokens.'),
        mayAct: z.string().optional().describe('The one client that may act with tokens of the requester.'),
        isInForce: z
          .boolean()
          .describe('False: the requester lacks the grant type token-exchange, so the lists permit nothing.'),
      }),
    )
    .describe('Every right in which the client is requester, subject or audience.'),
  clients: z
    .array(
      z.object({
        client_id: z.string(),
        name: z
          .string()
          .optional()
          .describe('Absent: there is no such client, or none that the caller may read.'),
      }),
    )
    .describe('All clients of the rights, each once.'),
  isCut: z.boolean().describe('More clients have such rights than are listed.'),
});
components.add(clientExchangesSchema, { id: 'ClientExchanges' });

export type ClientExchanges = z.infer<typeof clientExchangesSchema>;
