/** Names what a login needs of a protocol, the request to the identity provider, and what each protocol is built on. */

import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { SsoKeys } from './keys/service.ts';
import type { SsoFlow } from './login/flow.ts';
import type { FlowStore } from './login/flow-store.ts';
import type { ProviderSessions } from './provider-sessions/provider-sessions.ts';
import type { SignOnSettings, SsoSettings } from './settings.ts';

/** An address to go to, or a form that the browser posts there. */
export type ProviderRequest =
  | { kind: 'redirect'; location: string }
  | { kind: 'form'; action: string; fields: Record<string, string> };

export interface LoginStart {
  flowId: string;
  /** Value of the browser's binding cookie. */
  browser: string;
  loginHint?: string | undefined;
  /** Have the person asked, as a favour: unlike where the flow is forced, nothing depends on the answer. */
  asksAnew?: boolean | undefined;
}

/** @throws SsoError */
export type Begin = (
  settings: SignOnSettings,
  flow: SsoFlow,
  loginStart: LoginStart,
) => Promise<ProviderRequest>;

/** Both protocols share them. */
export interface ProtocolParts {
  settings: SsoSettings;
  contactCenters: ContactCenterService;
  keys: SsoKeys;
  flows: FlowStore;
  providerSessions: ProviderSessions;
  singleUse: SingleUse;
}
