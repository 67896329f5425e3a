/** Completes the login when the browser returns from an OpenID Connect provider. */
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Browser, BrowserCookies } from '../../../browser/cookies/browser-cookies.ts';
import { noFlow, SsoError } from '../failure.ts';
import { referenceOf, type SsoFlow } from '../login/flow.ts';
import type { FlowStore } from '../login/flow-store.ts';
import type { SsoLogin } from '../login/login.ts';
import { isSamePlace, type SignOnPlace } from '../place.ts';
import type { OidcRelyingParty } from './relying-party.ts';

export type OidcCallback = ReturnType<typeof createOidcCallback>;

export interface OidcCallbackOptions {
  login: SsoLogin;
  flows: FlowStore;
  cookies: BrowserCookies;
  relyingParty: OidcRelyingParty;
  /** Bounds how many answers one address may bring. */
  answers: AttemptLimiter;
}

type OidcFlow = SsoFlow & { protocol: 'oidc' };

const maxState = 128;

export function createOidcCallback(options: OidcCallbackOptions) {
  const { login, flows, cookies, relyingParty, answers } = options;

  const complete = async (
    browser: Browser,
    flow: OidcFlow,
    place: SignOnPlace,
    returning: { flowId: string; browser: string; parameters: URLSearchParams },
    wasPosted: boolean,
  ) => {
    if (!isSamePlace(flow, place))
      throw new SsoError('wrong_destination', 'it answers a request of another contact centre or location');
    for (const name of ['code', 'state', 'iss', 'error']) {
      if (returning.parameters.getAll(name).length > 1)
        throw new SsoError('response_malformed', `the parameter ${name} came more than once`);
    }
    const settings = await login.settingsOf(flow);
    const person = await relyingParty.complete(settings, returning);
    const location = await login.complete(browser, flow, settings, person);
    answers.release(browser.request.ip);
    // The POST before has taken a place as well. It keeps it until here, because it stores a form.
    if (wasPosted) answers.release(browser.request.ip);
    return location;
  };

  return {
    /** Where the browser goes. @throws AppError for a page, when no login is in progress that this answer could complete */
    async complete(
      browser: Browser,
      place: SignOnPlace,
      parameters: URLSearchParams,
      wasPosted: boolean,
    ): Promise<string> {
      const { request } = browser;
      answers.reserve(request.ip);
      const flowId = stateOf(parameters);
      const binding = cookies.readBrowser(request);
      // Taken before the code is redeemed: of two answers to one request only one is looked at.
      const flow =
        flowId === undefined || binding === undefined
          ? undefined
          : await flows.take(referenceOf(flowId), sha256(binding));
      if (flowId === undefined || binding === undefined || !isOidc(flow)) throw noFlow();
      try {
        return await complete(browser, flow, place, { flowId, browser: binding, parameters }, wasPosted);
      } catch (error) {
        return login.fail(request, flow, error);
      }
    },

    /** Refuses an answer that complete() would find no login for, before any of it is stored. @throws AppError */
    async requireFlow(parameters: URLSearchParams, clientAddress: string): Promise<void> {
      answers.reserve(clientAddress);
      const flowId = stateOf(parameters);
      if (flowId === undefined || !isOidc(await flows.find(referenceOf(flowId)))) throw noFlow();
    },
  };
}

function stateOf(parameters: URLSearchParams): string | undefined {
  const [state, ...more] = parameters.getAll('state');
  return more.length === 0 && state !== undefined && state.length <= maxState ? state : undefined;
}

function isOidc(flow: SsoFlow | undefined): flow is OidcFlow {
  return flow?.protocol === 'oidc';
}
