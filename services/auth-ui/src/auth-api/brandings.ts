/** Keeps the branding of the installation, of contact centres and of applications, and asks Auth API for each at most twice a second. */
import type { AuthApiClient, BrandedPlace } from '@gatehouse/api-client/auth-api';
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';

/** A change counts within a second. */
const freshMs = 500;
/** No page waits longer for its branding. */
const patienceMs = 300;
/** After a failure Auth API is left alone for this long. */
const retryMs = 2_000;
/** Each holds a few kilobytes. */
const maxPlaces = 1_000;

interface Kept {
  known: BrandingView | undefined;
  askAgainAtMs: number;
  asking?: Promise<void> | undefined;
}

export function createBrandings({
  authApi,
  now,
}: {
  authApi: Pick<AuthApiClient, 'readBranding'>;
  now: Clock;
}) {
  const installation: Kept = { known: undefined, askAgainAtMs: 0 };
  const places = createGrowingCache<Kept>(maxPlaces);

  function keptOf({ contactCenterId, clientId }: BrandedPlace): Kept {
    if (contactCenterId === undefined && clientId === undefined) return installation;
    const key = contactCenterId === undefined ? `client ${clientId}` : `center ${contactCenterId}`;
    const kept = places.get(key) ?? { known: installation.known, askAgainAtMs: 0 };
    places.set(key, kept);
    return kept;
  }

  async function ask(kept: Kept, place: BrandedPlace): Promise<void> {
    try {
      kept.known = await authApi.readBranding(place, { signal: AbortSignal.timeout(retryMs) });
      kept.askAgainAtMs = now() + freshMs;
    } catch {
      // The last branding is better than none, and a page without branding is better than no page.
      kept.askAgainAtMs = now() + retryMs;
    }
  }

  return {
    /** Never rejects. */
    async of(place: BrandedPlace): Promise<BrandingView | undefined> {
      const kept = keptOf(place);
      if (now() < kept.askAgainAtMs) return kept.known;
      kept.asking ??= ask(kept, place).finally(() => {
        kept.asking = undefined;
      });
      await within(patienceMs, kept.asking);
      return kept.known;
    },
    /** Of the installation, without a question: for pages about errors. */
    latest: () => installation.known,
  };
}

async function within(waitMs: number, answer: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
