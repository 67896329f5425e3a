/** Applies the rules of interactions: ten minutes, one browser, used once. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import {
  type Browser,
  type BrowserCookies,
  type BrowserRequest,
  wellFormed,
} from '../cookies/browser-cookies.ts';
import type { Interaction, InteractionData, InteractionState } from './interaction.ts';
import type { FoundInteraction, InteractionStore } from './store.ts';

export const interactionLifeMs = 600_000;

export interface InteractionServiceOptions {
  store: InteractionStore;
  cookies: BrowserCookies;
  now: Clock;
}

export type InteractionService = ReturnType<typeof createInteractionService>;

export function createInteractionService({ store, cookies, now }: InteractionServiceOptions) {
  /** `browser`: the binding cookie. @throws AppError interaction_expired (400), wrong_browser (403) or 503 */
  const read = async (id: string, browser: string | undefined): Promise<Interaction> => {
    const browserHash = hashOf(browser);
    return interactionOf(id, isId(id) ? await store.read(id, browserHash) : { outcome: 'unknown' });
  };

  return {
    /** Stores the request and gives the browser its binding cookie. @throws AppError (503) */
    async create(
      browser: Browser,
      waiting: Pick<InteractionData, 'clientName' | 'clientPages' | 'contactCenterId' | 'authorization'>,
      state: InteractionState = {},
    ): Promise<{ id: string }> {
      const id = randomToken(24);
      const binding = cookies.readBrowser(browser.request) ?? randomToken();
      const createdAtMs = now();
      const expiresAtMs = createdAtMs + interactionLifeMs;
      const data = { ...waiting, csrf: randomToken(), createdAtMs, expiresAtMs };
      await store.save(id, hashOf(binding), data, state);
      // Also when the browser has it: the life of the cookie starts anew.
      cookies.setBrowser(browser, binding);
      return { id };
    },
    read,
    /** Reads with the binding cookie of the request. @throws as read */
    readFor: (request: BrowserRequest, id: string) => read(id, cookies.readBrowser(request)),
    /** Changes what the page shows next. */
    recordState: (id: string, state: InteractionState) => store.recordState(id, state),
    /** Takes the interaction, so that it is used once; another browser cannot use it up. @throws as read */
    async consume(request: BrowserRequest, id: string): Promise<Interaction> {
      const browserHash = hashOf(cookies.readBrowser(request));
      return interactionOf(id, isId(id) ? await store.take(id, browserHash) : { outcome: 'unknown' });
    },
  };
}

function interactionOf(id: string, found: FoundInteraction): Interaction {
  if (found.outcome === 'found') {
    return { id, clientId: found.data.authorization.clientId, ...found.data, state: found.state };
  }
  throw found.outcome === 'unknown'
    ? new AppError(
        'interaction_expired',
        400,
        'This sign-in has expired or was completed already. Go back to the application and start again.',
        { field: 'interaction' },
      )
    : new AppError(
        'wrong_browser',
        403,
        'This sign-in was started in another browser. Go back to the application and start again.',
        { field: 'interaction' },
      );
}

function isId(id: string): boolean {
  return /^[A-Za-z0-9_-]{32}$/.test(id);
}

/** A browser without a cookie gets a hash that no stored one equals. */
function hashOf(browser: string | undefined): string {
  const value = wellFormed(browser);
  return value === undefined ? 'none' : sha256(value);
}
