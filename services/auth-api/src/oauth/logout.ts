/** RP-Initiated Logout (OpenID Connect RP-Initiated Logout 1.0): the ID token that comes along says whose session ends. */
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { AuditWriter } from '../audit/event.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { SessionService } from '../sessions/session.ts';
import type { IdTokens } from '../tokens/id-token.ts';
import type { Browser } from './authorize.ts';
import type { RequestParameters } from './parameters.ts';

export interface LogoutEndpoint {
  /** Where the browser goes next. @throws AppError for a page */
  logout(parameters: RequestParameters, browser: Browser): Promise<string>;
}

export interface LogoutOptions {
  idTokens: IdTokens;
  directory: ClientDirectory;
  sessions: SessionService;
  audit: AuditWriter;
  signedOutPage: string;
}

interface Hint {
  sub: string;
  clientId: string;
  sid?: string;
}

export function createLogoutEndpoint(options: LogoutOptions): LogoutEndpoint {
  const { idTokens, directory, sessions, audit, signedOutPage } = options;

  /** Without it any page could sign the user out by a link (CVE-2020-10734). */
  async function readHint(parameters: RequestParameters): Promise<Hint> {
    const idToken = parameters.get('id_token_hint');
    if (idToken === undefined)
      throw badRequest('To sign out, the application must send the id_token_hint it got');
    const hint = await idTokens.recognize(idToken);
    if (hint === undefined) throw badRequest('The id_token_hint is not an ID token of this server');
    const clientId = parameters.get('client_id') ?? hint.clientId;
    if (clientId !== hint.clientId) throw badRequest('The id_token_hint was issued to another application');
    return hint;
  }

  /** Section 3: compared as a string with what the client registered; never the client's redirect URIs. */
  async function readTarget(parameters: RequestParameters, { clientId }: Hint): Promise<string> {
    const uri = parameters.get('post_logout_redirect_uri');
    if (uri === undefined) return signedOutPage;
    const client = await directory.find(clientId);
    if (!client?.postLogoutRedirectUris.includes(uri)) {
      throw badRequest('The address to go to after signing out is not registered for the application');
    }
    const state = parameters.get('state');
    if (state === undefined) return uri;
    return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`;
  }

  return {
    async logout(parameters, browser) {
      const hint = await readHint(parameters);
      const target = await readTarget(parameters, hint);
      // A POST from another site brings no cookies, so the session is also found by what the token says.
      const ended = hint.sid === undefined ? false : await sessions.endOne(hint.sub, hint.sid);
      const session = await sessions.find(browser.request);
      const isSameUser = session?.sub === hint.sub;
      if (isSameUser) await sessions.end(browser.reply, browser.request);
      if (ended || isSameUser) {
        await audit.write({
          name: 'logout',
          outcome: 'success',
          sub: hint.sub,
          sid: session?.sid ?? hint.sid,
          clientId: hint.clientId,
          correlationId: browser.correlationId,
          clientAddress: browser.request.ip,
        });
      }
      return target;
    },
  };
}
