/** The rules of interactions: ten minutes, one browser, used once. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import { randomToken } from '@gatehouse/service-kit/random';
import { type BrowserCookies, wellFormed } from '../browser/browser-cookies.ts';
import type { Interaction, InteractionService } from './interaction.ts';
import type { FoundInteraction, InteractionStore } from './store.ts';

export const interactionLifeMs = 600_000;

export interface InteractionServiceOptions {
  store: InteractionStore;
  cookies: BrowserCookies;
  now: Clock;
}

export function createInteractionService({
  store,
  cookies,
  now,
}: InteractionServiceOptions): InteractionService {
  const read = async (id: string, browser: string | undefined) => {
    const browserHash = hashOf(browser);
    return interactionOf(id, isId(id) ? await store.read(id, browserHash) : { outcome: 'unknown' });
  };

  return {
    async create(reply, request, { clientName, authorization }, state = {}) {
      const id = randomToken(24);
      const browser = cookies.readBrowser(request) ?? randomToken();
      const createdAtMs = now();
      const expiresAtMs = createdAtMs + interactionLifeMs;
      const data = { clientName, authorization, csrf: randomToken(), createdAtMs, expiresAtMs };
      await store.save(id, hashOf(browser), data, state);
      // Set again although the browser has it: its life begins anew.
      cookies.setBrowser(reply, browser);
      return { id };
    },
    read,
    readFor: (request, id) => read(id, cookies.readBrowser(request)),
    note: (id, state) => store.note(id, state),
    async consume(request, id) {
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

/** A browser without a cookie has a hash that no stored one equals. */
function hashOf(browser: string | undefined): string {
  const value = wellFormed(browser);
  return value === undefined ? 'none' : sha256(value);
}
