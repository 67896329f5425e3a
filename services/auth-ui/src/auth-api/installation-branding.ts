/** Keeps the branding of pages that belong to no login, and asks Auth API for it at most twice a second. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api/client';
import type { BrandingView } from '@gatehouse/contracts/environment-api/branding';
import type { Clock } from '@gatehouse/service-kit/clock';

/** A change counts within a second. */
const freshMs = 500;
/** No page waits longer for its look. */
const patienceMs = 300;
/** After a failure Auth API is left alone for this long. */
const retryMs = 2_000;

export function createInstallationBranding({
  authApi,
  now,
}: {
  authApi: Pick<AuthApiClient, 'readBranding'>;
  now: Clock;
}) {
  let known: BrandingView | undefined;
  let askAgainAtMs = 0;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    try {
      known = await authApi.readBranding({ signal: AbortSignal.timeout(retryMs) });
      askAgainAtMs = now() + freshMs;
    } catch {
      // The last look is better than none, and a page without a look better than no page.
      askAgainAtMs = now() + retryMs;
    }
  }

  return {
    /** Never rejects. */
    async current(): Promise<BrandingView | undefined> {
      if (now() < askAgainAtMs) return known;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      await within(patienceMs, asking);
      return known;
    },
    /** Without a question: for pages about errors. */
    latest: () => known,
  };
}

async function within(waitMs: number, answer: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
