/** Implements the assertion consumer service: receives the posted response, and then the browser that follows. */
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { Browser, BrowserCookies, BrowserRequest } from '../../../browser/cookies/browser-cookies.ts';
import type { ContactCenterService } from '../../../registry/contact-centers/service.ts';
import { noFlow, SsoError } from '../failure.ts';
import type { SsoFlow } from '../login/flow.ts';
import type { FlowStore } from '../login/flow-store.ts';
import type { SsoLogin } from '../login/login.ts';
import { isSamePlace, requireContactCenter, type SignOnPlace, samlSettingsAt } from '../place.ts';
import type { SamlSignOn, SsoSettings } from '../settings.ts';
import type { VerifiedAssertion } from './assertion.ts';
import { entityOf } from './entity.ts';
import type { IdentityProviders } from './idp-source.ts';
import { type PostedResponse, type Responses, readResponse } from './response.ts';
import type { TicketStore } from './ticket-store.ts';

export interface PostedAnswer {
  response: string;
  relayState: string | undefined;
}

export type SamlConsumer = ReturnType<typeof createSamlConsumer>;

export interface SamlConsumerOptions {
  issuer: string;
  publicUrl: string;
  settings: SsoSettings;
  contactCenters: Pick<ContactCenterService, 'get'>;
  providers: IdentityProviders;
  responses: Responses;
  flows: FlowStore;
  tickets: TicketStore;
  singleUse: SingleUse;
  login: SsoLogin;
  cookies: BrowserCookies;
  answers: AttemptLimiter;
}

type SamlFlow = SsoFlow & { protocol: 'saml' };

export const finishPath = '/auth/v3/sso/saml/finish';

export function createSamlConsumer(options: SamlConsumerOptions) {
  const { issuer, publicUrl, flows, tickets, login } = options;

  const takeOnce = async ({ id, usableUntilMs }: VerifiedAssertion, place: SignOnPlace) => {
    const isFirst = await options.singleUse.take(
      'assertion',
      [entityOf(issuer, place).entityId, id],
      usableUntilMs,
    );
    if (!isFirst) throw new SsoError('replayed', 'the assertion was used before');
  };

  /**
   * An answer that nobody asked for could sign a browser in as somebody else (login CSRF). So it signs nobody in: it
   * makes the browser ask, and the answer to that is bound to this browser.
   */
  const consumeUnsolicited = async (
    posted: PostedResponse,
    settings: SamlSignOn,
    relayState: string | undefined,
  ) => {
    if (!settings.allowIdpInitiated)
      throw new SsoError('unsolicited', 'it answers no request, and allowIdpInitiated is not set');
    const verified = await verify(options, posted, settings);
    await takeOnce(verified, settings);
    const center = await options.contactCenters.get(settings.contactCenterId);
    const [tenant] = center?.domains ?? [];
    if (tenant === undefined)
      throw new SsoError(
        'settings_incomplete',
        'the contact centre has no domain by which a browser can ask',
      );
    const query = new URLSearchParams({
      tenant,
      // Where only some access groups come in this way, the name decides.
      ...(settings.accessGroups.length === 0
        ? {}
        : { login_hint: await login.userNameOf(settings, verified.person) }),
      ...(relayState ? { redirectUri: relayState } : {}),
    });
    return `${publicUrl}/auth/v3/sso/start?${query}`;
  };

  return {
    /** Where the browser goes to by GET. Knows no cookies: the post comes from another site. @throws AppError for a page */
    async consume(
      request: BrowserRequest,
      place: SignOnPlace,
      { response, relayState }: PostedAnswer,
    ): Promise<string> {
      options.answers.reserve(request.ip);
      await requireContactCenter(options.contactCenters, place);
      let flow: SamlFlow | undefined;
      try {
        const posted = readResponse(response);
        flow = await flowOf(flows, posted, place);
        // A test comes before the settings are enabled.
        const settings =
          flow?.trial === undefined
            ? await samlSettingsAt(options.settings, place)
            : await login.settingsOf(flow);
        if (flow === undefined) {
          const location = await consumeUnsolicited(posted, settings, relayState);
          options.answers.release(request.ip);
          return location;
        }
        const verified = await verify(options, posted, settings);
        // Of several answers to one request one gets through.
        const taken = await flows.take((posted.inResponseTo ?? '').slice(1));
        if (taken === undefined)
          throw new SsoError('replayed', 'another answer to the same request came first');
        await takeOnce(verified, place);
        const ticket = await tickets.save({ flow, person: verified.person });
        options.answers.release(request.ip);
        return `${publicUrl}${finishPath}?ticket=${ticket}`;
      } catch (error) {
        return login.fail(
          request,
          flow ?? { protocol: 'saml', contactCenterId: place.contactCenterId },
          error,
        );
      }
    },

    /** Where the browser goes, now that it came with its cookies. @throws AppError for a page */
    async finish(browser: Browser, ticketId: string): Promise<string> {
      const { request } = browser;
      const binding = options.cookies.readBrowser(request);
      const ticket = binding === undefined ? undefined : await tickets.take(ticketId, sha256(binding));
      if (ticket === undefined) throw noFlow();
      const { flow, person } = ticket;
      try {
        return await login.complete(browser, flow, await login.settingsOf(flow), person);
      } catch (error) {
        return login.fail(request, flow, error);
      }
    },
  };
}

/** Only the flow of this very contact centre and location. Undefined: it answers no request. */
async function flowOf(
  flows: Pick<FlowStore, 'find'>,
  { inResponseTo }: PostedResponse,
  place: SignOnPlace,
): Promise<SamlFlow | undefined> {
  if (inResponseTo === undefined) return undefined;
  const flow = await flows.find(inResponseTo.slice(1));
  if (flow === undefined)
    throw new SsoError(
      'replayed',
      'the request that it answers is not waiting: it was answered, has expired, or was never made',
    );
  if (flow.protocol !== 'saml' || !isSamePlace(flow, place))
    throw new SsoError('wrong_destination', 'it answers a request of another contact centre or location');
  return flow as SamlFlow;
}

async function verify(
  { issuer, providers, responses }: SamlConsumerOptions,
  posted: PostedResponse,
  settings: SamlSignOn,
): Promise<VerifiedAssertion> {
  const expected = { settings, entity: entityOf(issuer, settings), inResponseTo: posted.inResponseTo };
  const provider = await providers.of(settings);
  try {
    return await responses.verify(posted, { ...expected, provider });
  } catch (error) {
    if (!(error instanceof SsoError) || error.reason !== 'signature_invalid') throw error;
    // The provider may have changed its key since its metadata was read.
    const renewed = await providers.renewed(settings);
    if (renewed === undefined) throw error;
    return responses.verify(posted, { ...expected, provider: renewed });
  }
}
