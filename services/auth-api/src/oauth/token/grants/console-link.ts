/** Grants the console a token of the operator for the link that the operator made. Nothing refreshes it. */
import { isIP } from 'node:net';
import { invalidGrant, unauthorizedClient } from '@gatehouse/caller-auth/oauth-errors';
import { consoleClientId, consoleLinkGrantType, consoleLinkParameters } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { requireParameter } from '../../../core/protocol/parameters.ts';
import type { ConsoleLinks } from '../../../sign-in/console-links/service.ts';
import { tokenAnswer } from '../../../tokens/access-token.ts';
import type { AccessTokens } from '../../../tokens/access-tokens.ts';
import { operatorTokenFormat, operatorTokenRecord } from '../../../tokens/operator-tokens.ts';
import type { GrantHandler } from '../grant-handler.ts';

export interface ConsoleLinkDeps {
  consoleLinks: Pick<ConsoleLinks, 'redeem'>;
  accessTokens: Pick<AccessTokens, 'issue'>;
  now: Clock;
}

export function consoleLinkGrant({ consoleLinks, accessTokens, now }: ConsoleLinkDeps): GrantHandler {
  return {
    grantType: consoleLinkGrantType,
    parameters: ['code', consoleLinkParameters.visitorAddress],
    async handle({ client: { clientId }, parameters, cnf, correlationId, ...request }) {
      // No registration can name this grant type; should one do so, it is of no use.
      if (clientId !== consoleClientId) throw unauthorizedClient('The client may not use this grant_type');
      const visitor = parameters.get(consoleLinkParameters.visitorAddress) ?? '';
      const link = await consoleLinks.redeem({
        code: requireParameter(parameters, 'code'),
        clientId,
        clientAddress: isIP(visitor) === 0 ? request.clientAddress : visitor,
        correlationId,
      });
      // One answer for every reason: a stranger learns nothing about links.
      if (link === undefined) throw invalidGrant('The link is unknown, used or too old; make a new one');
      const { account, mark, createdAtMs: linkMadeAtMs } = link;
      const operator = { account, mark, linkRequest: link.correlationId };
      const record = operatorTokenRecord(clientId, operator, { linkMadeAtMs, issuedAtMs: now(), cnf });
      return tokenAnswer(await accessTokens.issue(operatorTokenFormat, record), record);
    },
  };
}
