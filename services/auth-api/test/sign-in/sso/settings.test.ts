import type { SingleSignOnView } from '@gatehouse/contracts/environment-api';
import { expect, it } from 'vitest';
import { newOwnerState } from '../../../src/core/revalidating-cache.ts';
import { createSsoSettings } from '../../../src/sign-in/sso/settings.ts';
import { silentLog, stoppedClock } from '../../stack/redis.ts';

function setUp() {
  let isDown = false;
  const oidc = { location: '/', enabled: true } as unknown as NonNullable<SingleSignOnView['oidc']>;
  const settings = createSsoSettings({
    environmentApi: {
      async singleSignOnOf() {
        if (isDown) throw new Error('down');
        return { outcome: 'found', data: { version: 1, oidc }, etag: '"1"' };
      },
    },
    location: '/',
    copies: { staleMaxSeconds: 60, owner: newOwnerState() },
    now: stoppedClock().now,
    log: silentLog,
  });
  return {
    settings,
    stop: () => {
      isDown = true;
    },
  };
}

// attack: sign in by single sign-on that was switched off while Environment API is down | ASVS 7.4.2 | guard: services/auth-api/src/sign-in/sso/settings.ts
it('nobody comes in by a copy from before single sign-on was switched off', async () => {
  const { settings, stop } = setUp();
  await settings.of('a', 'oidc');
  stop();
  settings.applyChange({ entity: 'contact-center', id: 'a', contactCenterId: 'a' });
  expect(await settings.of('a', 'oidc')).toMatchObject({ enabled: true });

  settings.applyChange({ entity: 'single-sign-on-end', id: 'oidc /', contactCenterId: 'a' });
  await expect(settings.of('a', 'oidc')).rejects.toThrow('down');
});
