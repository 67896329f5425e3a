/** What Auth UI is told about an interaction. */
import type { InteractionView } from '@gatehouse/contracts/auth-api/interaction';
import type { PendingDevice } from '../protocol/authorization-request.ts';
import type { Interaction } from './interaction.ts';

export function viewOf(interaction: Interaction, offersRemember: boolean): InteractionView {
  const { authorization, state } = interaction;
  const tenant = state.tenant ?? authorization.tenantHint;
  const userName = state.userName ?? authorization.loginHint;
  return {
    id: interaction.id,
    client: { id: interaction.clientId, name: interaction.clientName },
    ...(tenant === undefined ? {} : { contactCenterHint: tenant }),
    ...(userName === undefined ? {} : { userName }),
    hideTenant: authorization.hideTenant,
    ...(authorization.uiLocales === undefined ? {} : { uiLocales: authorization.uiLocales }),
    ...(offersRemember ? { remember: state.remember ? 'chosen' : 'offered' } : {}),
    ...(authorization.device === undefined ? {} : { device: deviceOf(authorization.device) }),
    csrf: interaction.csrf,
    redirectOrigin: originOf(authorization.redirectUri),
    ...(state.consent === undefined
      ? {}
      : { consent: { userName: state.consent.userName, scope: authorization.scope } }),
    ...(state.error === undefined ? {} : { error: state.error }),
    ...(state.brokenRules === undefined ? {} : { brokenRules: state.brokenRules }),
    ...(state.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: state.retryAfterSeconds }),
    ...(state.correlationId === undefined ? {} : { correlationId: state.correlationId }),
    expiresAt: new Date(interaction.expiresAtMs).toISOString(),
  };
}

function deviceOf({ userCode, requestedFrom, requestedAtMs }: PendingDevice) {
  return { userCode, requestedFrom, requestedAt: new Date(requestedAtMs).toISOString() };
}

/** Applications on a device have a scheme of their own and no origin; in a policy the scheme stands for them. */
function originOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.origin === 'null' ? url.protocol : url.origin;
}
