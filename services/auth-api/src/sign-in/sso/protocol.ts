/** Names what a login needs of a protocol: the request to the identity provider. */
import type { SsoFlow } from './flow.ts';
import type { SignOnSettings } from './settings.ts';

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
