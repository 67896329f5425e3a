/** Sends the browser to a page that asks the user to sign in or to consent; the request waits in an interaction. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { InteractionService } from '../../browser/interactions/service.ts';
import type { AuthorizationRequest } from '../../core/protocol/authorization-request.ts';
import { addressOf, addressOfAnswer, type ShownPages, startAt } from '../../registry/clients/address.ts';
import { type Client, onlyCenterOf } from '../../registry/clients/client.ts';
import { hostOfDocument } from '../../registry/clients/documents/document-address.ts';
import type { Schemes } from '../../sign-in/sso/scheme.ts';
import type { AdmissionControl } from './admission-control.ts';
import type { Ask, RaiseSession } from './authorization-decision.ts';
import type { NextStep } from './authorization-response.ts';

export interface AskUserOptions {
  issuer: string;
  interactions: Pick<InteractionService, 'create'>;
  pages: Pages;
  schemes: Pick<Schemes, 'of'>;
  /** Bounds how many sign-ins one address may leave unfinished: each waits in Redis for ten minutes. */
  unfinished: AttemptLimiter;
  /** At the start of a shift more people come than can be served at once: logins in progress go first. */
  admissionControl: AdmissionControl;
  /** Gives the page that asks, of a request that waits in the interaction. @throws AppError (503) */
  pageOf(decision: Ask | RaiseSession, interactionId: string, browser: Browser): Promise<string>;
  /** Whether the browser brings one, which may have ended: others have passed admission control before. */
  hasSession(browser: Browser): boolean;
}

export function createAskUser({
  issuer,
  interactions,
  pages,
  pageOf,
  schemes,
  unfinished,
  admissionControl,
  hasSession,
}: AskUserOptions) {
  /** Without a page of ours, when the application named a user who signs in at an identity provider. */
  async function skipsSignInPage({ loginHint, tenantHint, prompt }: AuthorizationRequest): Promise<boolean> {
    if (prompt.includes('select_account')) return false;
    try {
      return (await schemes.of({ userName: loginHint ?? '', tenant: tenantHint })) !== 'basic';
    } catch {
      // The sign-in page asks the same question again.
      return false;
    }
  }

  /** @throws AppError (429, 503) */
  return async (
    decision: Ask | RaiseSession,
    request: AuthorizationRequest,
    client: Client,
    browser: Browser,
  ): Promise<NextStep> => {
    const isSignIn = 'ask' in decision && decision.ask === 'signIn';
    if (isSignIn && hasSession(browser)) admissionControl.enter();
    unfinished.reserve(browser.request.ip);
    const waiting = {
      clientName: client.name,
      clientPages: pagesOf(client, request, issuer),
      ...definedOnly({ contactCenterId: onlyCenterOf(client) }),
      authorization: request,
    };
    const state = 'ask' in decision ? decision.state : {};
    const { id } = await interactions.create(browser, waiting, state);
    const isElsewhere = isSignIn && (await skipsSignInPage(request));
    return { redirectTo: isElsewhere ? pages.ssoStart(id) : await pageOf(decision, id, browser) };
  };
}

function pagesOf(client: Client, { redirectUri, device }: AuthorizationRequest, issuer: string): ShownPages {
  const { clientUri, policyUri, tosUri, logo, initiateLoginUri } = client;
  const startUri = initiateLoginUri && startAt(initiateLoginUri, issuer);
  // To a device goes an answer without an address.
  const address = (device === undefined ? addressOfAnswer(redirectUri) : undefined) ?? addressOf(client);
  const documentHost = hostOfDocument(client.clientId);
  return definedOnly({ address, documentHost, startUri, clientUri, policyUri, tosUri, logo });
}
