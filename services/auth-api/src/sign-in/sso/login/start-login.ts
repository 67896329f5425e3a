/** Starts a login at the identity provider: binds the browser by a cookie and stores the flow that the response must name. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Browser, BrowserCookies } from '../../../browser/cookies/browser-cookies.ts';
import { webOriginOf } from '../../../browser/cookies/same-origin.ts';
import type { Interaction } from '../../../browser/interactions/interaction.ts';
import type { Admission } from '../../../people/accounts/admission.ts';
import { readLoginName } from '../../../people/accounts/login-name.ts';
import { servesContactCenter } from '../../../registry/clients/client.ts';
import type { ClientDirectory } from '../../../registry/clients/directory.ts';
import { contextsToAskFor } from '../asserted-person.ts';
import { SsoError } from '../failure.ts';
import type { Begin, ProviderRequest } from '../protocol.ts';
import type { SignOnSettings } from '../settings.ts';
import type { SsoFlow } from './flow.ts';
import type { FlowStore } from './flow-store.ts';

export interface Wish {
  interactionId?: string | undefined;
  tenant?: string | undefined;
  userName?: string | undefined;
  /** The tenant that was typed, folded. */
  domain?: string | undefined;
  /** Page of a registered application; only without an interaction. */
  target?: string | undefined;
  /** The identity provider must ask again: the user it knows was the wrong one. */
  asksAnew?: boolean | undefined;
}

export interface StartLoginOptions {
  flows: Pick<FlowStore, 'save'>;
  clients: Pick<ClientDirectory, 'find' | 'hasOrigin'>;
  cookies: BrowserCookies;
  admission: Pick<Admission, 'levelOfEverybody'>;
  begin: Begin;
  now: Clock;
}

/** @throws SsoError */
export type StartLogin = (
  browser: Browser,
  settings: SignOnSettings,
  wish: Wish,
  interaction: Interaction | undefined,
) => Promise<ProviderRequest>;

export function createStartLogin(options: StartLoginOptions): StartLogin {
  const { flows, cookies, now } = options;

  const servedClient = async (interaction: Interaction | undefined, { contactCenterId }: SignOnSettings) => {
    const client = interaction && (await options.clients.find(interaction.clientId));
    if (client === undefined || servesContactCenter(client, contactCenterId)) return client;
    throw new SsoError(
      'person_unknown',
      `the application ${client.clientId} does not serve this contact centre`,
    );
  };

  /** Without an application that waits, the browser may go on to a page of one that is registered. */
  const targetOf = async (interaction: Interaction | undefined, target: string | undefined) => {
    const origin = interaction !== undefined || target === undefined ? undefined : webOriginOf(target);
    const isAllowed = origin !== undefined && (await options.clients.hasOrigin(origin));
    return isAllowed ? { target: target as string } : {};
  };

  return async (browser, settings, wish, interaction) => {
    const client = await servedClient(interaction, settings);
    const binding = bindBrowser(cookies, browser);
    const {
      maxAgeSeconds,
      contexts,
      acrValues: asked,
      requiresFreshSignIn,
    } = interaction?.authorization ?? {};
    const wanted = asked ?? contexts?.values ?? [];
    // A provider that is not asked for a second factor may let people in without one, and they would be refused here.
    const needed = await options.admission.levelOfEverybody(settings.contactCenterId, client);
    const acrValues = contextsToAskFor({ needed, wanted }, settings);
    const flow: SsoFlow = {
      protocol: settings.protocol,
      contactCenterId: settings.contactCenterId,
      location: settings.location,
      browserHash: sha256(binding),
      startedAtMs: now(),
      isForced: requiresFreshSignIn === true,
      ...definedOnly({ interactionId: interaction?.id }),
      ...(await targetOf(interaction, wish.target)),
      ...definedOnly({ userName: wish.userName, tenant: wish.tenant, domain: wish.domain, maxAgeSeconds }),
      ...(acrValues.length === 0 ? {} : { acrValues }),
    };
    const flowId = await flows.save(flow);
    const loginHint = hintOf(wish, settings);
    return options.begin(settings, flow, { flowId, browser: binding, loginHint, asksAnew: wish.asksAnew });
  };
}

/** Only the browser that starts a login can complete it. */
export function bindBrowser(cookies: BrowserCookies, browser: Browser): string {
  const known = cookies.readBrowser(browser.request);
  if (known !== undefined) return known;
  const binding = randomToken();
  cookies.setBrowser(browser, binding);
  return binding;
}

/** The name as the identity provider knows it, so that it need not be typed twice. */
function hintOf({ userName }: Wish, { userNameDomain }: SignOnSettings): string | undefined {
  const { userName: name } = readLoginName({ userName: userName ?? '' });
  if (name === '') return undefined;
  return userNameDomain === undefined || name.includes('@') ? name : `${name}@${userNameDomain}`;
}
