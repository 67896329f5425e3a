/** Reads interactions as Auth UI shows them. */
import { browserHeader, type InteractionError, type InteractionView } from '@gatehouse/contracts/auth-api';
import { definedOnly, freeText } from '@gatehouse/contracts/values';
import { AppError, notFound } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import type { AuthorizationRequest, PendingDevice } from '../../core/protocol/authorization-request.ts';
import type { RelyingParty } from '../../factors/passkeys/relying-party.ts';
import type { BrandingViews, Known } from '../../registry/branding/views.ts';
import type { Interaction, InteractionState } from './interaction.ts';
import type { InteractionService } from './service.ts';

/** Of every call about one pending login. */
export const interactionCallSchema = {
  params: z.object({ id: freeText(128) }),
  headers: z.object({ [browserHeader]: freeText(128).optional() }),
};

export type ReadView = ReturnType<typeof createViewReader>;

export interface ViewReaderOptions {
  interactions: Pick<InteractionService, 'read'>;
  branding: Pick<BrandingViews, 'of'>;
  /** Whether to offer a sign-in by a passkey. */
  passkeys: Pick<RelyingParty, 'isUsed'>;
  /** Whether users may stay signed in on a device of their own. */
  offersRemember: boolean;
}

export function createViewReader({ interactions, branding, passkeys, offersRemember }: ViewReaderOptions) {
  /**
   * `browser`: the binding cookie. `tenant`: what the form has just named.
   * @throws AppError not_found (404), wrong_browser (403) or 503
   */
  return async (id: string, browser: string | undefined, tenant?: string): Promise<InteractionView> => {
    try {
      const interaction = await interactions.read(id, browser);
      const theme = await branding.of(knownOf(interaction, tenant));
      const offered = (await passkeys.isUsed()) ? true : undefined;
      return {
        ...interactionViewOf(interaction, offersRemember),
        ...definedOnly({ branding: theme, passkeys: offered }),
      };
    } catch (error) {
      // Programs get a 404; Auth UI has its own text for people.
      if (error instanceof AppError && error.name === 'interaction_expired')
        throw notFound('There is no such interaction');
      throw error;
    }
  };
}

/** Errors that only somebody with the right password gets. */
const provingErrors: ReadonlySet<InteractionError | undefined> = new Set([
  'password_change_required',
  'password_expired',
  'account_locked',
  'account_expired',
  'too_many_sessions',
] as const);

function knownOf({ contactCenterId, authorization, state }: Interaction, tenant: string | undefined): Known {
  return {
    contactCenterId: contactCenterId ?? state.consent?.contactCenterId,
    tenant: tenant ?? state.tenant ?? authorization.tenantHint,
    isProven: tenant === undefined && provingErrors.has(state.error),
  };
}

export function interactionViewOf(interaction: Interaction, offersRemember: boolean): InteractionView {
  const { authorization, state } = interaction;
  const { error, brokenRules, retryAfterSeconds, correlationId, consent } = state;
  return definedOnly({
    id: interaction.id,
    client: { id: interaction.clientId, name: interaction.clientName, ...interaction.clientPages },
    contactCenterHint: state.tenant ?? authorization.tenantHint,
    userName: state.userName ?? authorization.loginHint,
    hideTenant: authorization.hideTenant,
    uiLocales: authorization.uiLocales,
    remember: offersRemember ? rememberOf(state) : undefined,
    device: authorization.device && deviceOf(authorization.device),
    csrf: interaction.csrf,
    redirectOrigin: originOf(authorization.redirectUri),
    consent: consent && consentOf(consent.userName, authorization),
    error,
    brokenRules,
    retryAfterSeconds,
    correlationId,
    expiresAt: new Date(interaction.expiresAtMs).toISOString(),
  });
}

function consentOf(userName: string, { scope, details, detailTexts, resources }: AuthorizationRequest) {
  const shown = details?.map(({ type: _type, ...members }, index) => ({
    text: detailTexts?.[index] ?? '',
    members: Object.entries(members).map(([name, value]) => ({ name, value: textOf(value) })),
  }));
  return definedOnly({ userName, scope, details: shown, resources });
}

/** People read lists as they write them; other values as JSON. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
}

function rememberOf({ remember }: InteractionState): InteractionView['remember'] {
  return remember ? 'chosen' : 'offered';
}

function deviceOf({ userCode, requestedFrom, requestedAtMs }: PendingDevice) {
  return { userCode, requestedFrom, requestedAt: new Date(requestedAtMs).toISOString() };
}

/** Applications on a device have a private scheme and no origin; in a policy the scheme stands for them. */
function originOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.origin === 'null' ? url.protocol : url.origin;
}
