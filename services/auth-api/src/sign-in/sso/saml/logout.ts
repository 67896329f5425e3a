/** Handles single logout in both directions (SAML profiles section 4.4): our requests to the provider, and its requests to us. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken } from '@gatehouse/service-kit/crypto';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { ProviderSession } from '../../../browser/sessions/session.ts';
import type { ContactCenterService } from '../../../registry/contact-centers/service.ts';
import { SsoError } from '../failure.ts';
import type { SsoKeys } from '../keys/service.ts';
import { requireContactCenter, type SignOnPlace, samlSettingsAt } from '../place.ts';
import type { ProviderSessions } from '../provider-sessions/provider-sessions.ts';
import type { SamlSignOn, SsoSettings } from '../settings.ts';
import { maxLifeMs } from './assertion.ts';
import { entityOf } from './entity.ts';
import type { IdentityProvider } from './idp-metadata.ts';
import type { IdentityProviders } from './idp-source.ts';
import { type LogoutMessage, makeLogoutRequest, makeLogoutResponse, verifyPostedRequest } from './library.ts';
import { readRedirectMessage, verifyRedirectMessage } from './redirect-message.ts';
import { checkSignatures, orMalformed } from './response-shape.ts';
import { attributeOf, childNamed, childrenNamed, instantOf, isNamed, parseXml, textOf } from './xml.ts';

/** How a message came. */
export type IncomingLogout =
  | { binding: 'redirect'; rawQuery: string }
  | { binding: 'post'; encoded: string; relayState: string | undefined };

export type SamlLogout = ReturnType<typeof createSamlLogout>;

export interface SamlLogoutOptions {
  issuer: string;
  settings: Pick<SsoSettings, 'of'>;
  contactCenters: Pick<ContactCenterService, 'get'>;
  providers: IdentityProviders;
  providerSessions: ProviderSessions;
  keys: Pick<SsoKeys, 'signing'>;
  singleUse: SingleUse;
  /** Bounds how many messages one address may bring. */
  answers: AttemptLimiter;
  now: Clock;
}

const xmlLimits = { longest: 64 * 1024 };
const maxAgeMs = 300_000;

export function createSamlLogout(options: SamlLogoutOptions) {
  const { issuer, providers, providerSessions, keys } = options;

  const messageTo = (
    settings: SamlSignOn,
    provider: IdentityProvider,
    destination: string,
  ): LogoutMessage => ({
    entity: entityOf(issuer, settings),
    provider,
    destination,
    id: `_${randomToken(24)}`,
    key: keys.signing(),
  });

  /** Core section 3.7.1: all sessions of the person, or those that are named, of which there may be several. */
  const endSessions = async (root: Element, settings: SamlSignOn, request: { id: string; ip: string }) => {
    const subject = textIn(root, 'NameID');
    if (subject === undefined) throw new SsoError('name_missing', 'the LogoutRequest has no NameID');
    const named = { ...samlParties(issuer, settings), subject };
    const indexes = orMalformed(() =>
      childrenNamed(root, 'protocol', 'SessionIndex').map((index) => textOf(index)),
    );
    const wanted =
      indexes.length === 0 ? [named] : indexes.map((sessionIndex) => ({ ...named, sessionIndex }));
    await Promise.all(wanted.map((one) => providerSessions.end(settings, one, request)));
  };

  return {
    /** Undefined where the identity provider offers no logout by redirect. @throws SsoError */
    async begin(
      settings: SamlSignOn,
      session: ProviderSession,
      logoutId: string,
    ): Promise<string | undefined> {
      const provider = await providers.of(settings);
      if (provider.logoutRedirect === undefined) return undefined;
      const message = messageTo(settings, provider, provider.logoutRedirect);
      return makeLogoutRequest({ ...message, relayState: logoutId }, session);
    },

    /**
     * Where the browser goes: with our answer to the identity provider, or, when it brings the answer to ours,
     * `finishes` names the logout that is over. @throws SsoError, AppError (404, 429)
     */
    async receive(
      place: SignOnPlace,
      incoming: IncomingLogout,
      request: { id: string; ip: string },
    ): Promise<{ location: string } | { finishes: string | undefined }> {
      options.answers.reserve(request.ip);
      await requireContactCenter(options.contactCenters, place);
      const settings = await samlSettingsAt(options.settings, place);
      const { xml, kind, relayState } = open(incoming);
      // The answer to ours: the session has ended long since, so nothing depends on what it says.
      if (kind === 'SAMLResponse') return { finishes: relayState };
      const root = orMalformed(() => parseXml(xml, xmlLimits));
      if (!isNamed(root, 'protocol', 'LogoutRequest'))
        throw new SsoError('response_malformed', `the message is ${root.localName}, not a LogoutRequest`);
      const provider = await providers.of(settings);
      if (incoming.binding === 'redirect') verifyRedirectMessage(incoming.rawQuery, provider.certificates);
      else {
        orMalformed(() => checkSignatures(root));
        await verifyPostedRequest(incoming.encoded, { entity: entityOf(issuer, settings), provider }).catch(
          (error: unknown) => {
            throw new SsoError(
              'signature_invalid',
              `no certificate of the metadata verifies it: ${(error as Error).message}`,
              error,
            );
          },
        );
      }
      const { id, recordUse } = await verifyRequest(options, root, settings, provider);
      await endSessions(root, settings, request);
      // Last: what was answered 503 may be sent again.
      await recordUse();
      const destination = provider.logoutResponse ?? provider.logoutRedirect;
      if (destination === undefined) return { finishes: undefined };
      const message = messageTo(settings, provider, destination);
      return { location: await makeLogoutResponse({ ...message, relayState }, id, true) };
    },
  };
}

/** Issuer, Destination, times and single use of a LogoutRequest whose signature is verified. @throws SsoError */
async function verifyRequest(
  { issuer, singleUse, now }: SamlLogoutOptions,
  root: Element,
  settings: SamlSignOn,
  provider: IdentityProvider,
) {
  const entity = entityOf(issuer, settings);
  if (textIn(root, 'Issuer') !== provider.entityId)
    throw new SsoError('wrong_issuer', 'the LogoutRequest is of another issuer than the metadata says');
  const destination = attributeOf(root, 'Destination');
  if (destination !== entity.sloUrl)
    throw new SsoError(
      'wrong_destination',
      `the Destination is ${destination ?? 'missing'}, expected ${entity.sloUrl}`,
    );
  const skewMs = settings.clockSkewSeconds * 1000;
  const issuedMs = instantOf(attributeOf(root, 'IssueInstant'));
  const untilMs = instantOf(attributeOf(root, 'NotOnOrAfter')) ?? (issuedMs ?? 0) + maxAgeMs;
  const isAhead = issuedMs === undefined || issuedMs > now() + skewMs;
  if (isAhead || untilMs <= now() - skewMs || untilMs > now() + maxLifeMs + skewMs)
    throw new SsoError(
      'wrong_time',
      `the LogoutRequest is of ${attributeOf(root, 'IssueInstant') ?? 'no time'}, until ${new Date(untilMs).toISOString()}`,
    );
  const id = attributeOf(root, 'ID') ?? '';
  const use = [entity.entityId, id];
  if (await singleUse.isTaken('assertion', use))
    throw new SsoError('replayed', 'the LogoutRequest was used before');
  return { id, recordUse: () => singleUse.take('assertion', use, untilMs + skewMs) };
}

/** @throws SsoError response_malformed */
function textIn(root: Element, name: 'Issuer' | 'NameID'): string | undefined {
  return orMalformed(() => {
    const element = childNamed(root, 'assertion', name);
    return element && textOf(element);
  });
}

/** The parties of a SAML session: one entity of ours per contact centre and location. */
function samlParties(issuer: string, place: SignOnPlace): { issuer: string; clientId: string } {
  return { issuer: 'saml', clientId: entityOf(issuer, place).entityId };
}

function open(incoming: IncomingLogout) {
  if (incoming.binding === 'redirect') return readRedirectMessage(incoming.rawQuery);
  return {
    kind: 'SAMLRequest' as const,
    xml: Buffer.from(incoming.encoded, 'base64').toString('utf8'),
    relayState: incoming.relayState,
  };
}
