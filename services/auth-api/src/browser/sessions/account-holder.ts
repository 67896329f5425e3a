/** Finds the person who uses the account area: by the session of the browser, or by a token that the account area itself got. */
import { insufficientScope, missingToken } from '@gatehouse/caller-auth/oauth-errors';
import { consoleClientId } from '@gatehouse/contracts/auth-api';
import { forbidden } from '@gatehouse/service-kit/errors';
import { isWithinScope } from '../../core/protocol/parameters.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import { type Caller, type Callers, sessionsScope } from './caller.ts';

/** An application must not learn what its user has beside it, and change none of it. @throws OAuthError (401, 403); AppError (403, 503) */
export async function requireAccountHolder(
  callers: Pick<Callers, 'find'>,
  request: BrowserRequest,
): Promise<Caller> {
  const caller = await callers.find(request);
  if (caller === undefined) throw missingToken();
  if (caller.via === 'session') return caller;
  if (caller.derived !== undefined || !caller.clientIds.includes(consoleClientId))
    throw forbidden("This needs a token of the user's own login to the account area");
  if (!isWithinScope([sessionsScope], caller.scope ?? []))
    throw insufficientScope(`The token lacks the scope ${sessionsScope}`);
  return caller;
}
