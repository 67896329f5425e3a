/** From the code that a person typed to the sign-in and the question whether the device may come in (RFC 8628 section 3.3). */
import type { Clock } from '@gatehouse/service-kit/clock';
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import type { Browser } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import type { UserCodeAttempts } from '../devices/attempts.ts';
import type { DeviceRequest, DeviceStore } from '../devices/device.ts';
import { formatUserCode, parseUserCode } from '../devices/user-code.ts';
import type { NextStep } from './authorization-response.ts';
import type { AuthorizationEndpoint } from './authorize.ts';

export interface DeviceVerification {
  /** Where the browser goes next. @throws AppError (503) */
  open(typed: string, browser: Browser): Promise<NextStep>;
}

export interface DeviceVerificationOptions {
  store: Pick<DeviceStore, 'findByUserCode'>;
  attempts: UserCodeAttempts;
  authorization: Pick<AuthorizationEndpoint, 'beginForDevice'>;
  pages: Pages;
  now: Clock;
}

export function createDeviceVerification(options: DeviceVerificationOptions): DeviceVerification {
  const { store, attempts, authorization, pages, now } = options;

  /** Undefined: no device waits for what was typed. @throws AppError (429) */
  async function find(typed: string, address: string): Promise<DeviceRequest | undefined> {
    const userCode = parseUserCode(typed);
    if (userCode === undefined) return undefined;
    await attempts.reserve(address);
    const device = await store.findByUserCode(userCode);
    if (device !== undefined) await attempts.release(address);
    return device;
  }

  return {
    async open(typed, browser) {
      try {
        const device = await find(typed, browser.request.ip);
        if (device === undefined) return { redirectTo: pages.deviceFailed('unknown') };
        return await authorization.beginForDevice(requestOf(device), browser);
      } catch (error) {
        if (!(error instanceof AppError) || error.status !== 429) throw error;
        return { redirectTo: pages.deviceFailed('throttled') };
      }
    },
  };

  function requestOf({ deviceId, clientId, scope, userCode, clientAddress, requestedAtMs }: DeviceRequest) {
    return {
      clientId,
      // The journey ends on a page of ours, not at an application.
      redirectUri: pages.device(),
      redirectUriGiven: true,
      responseType: 'code' as const,
      responseMode: 'query' as const,
      scope,
      // Whoever sent the link must not be let in without a question (section 5.4).
      prompt: ['consent'],
      hideTenant: false,
      requiresFreshSignIn: false,
      requestedAtMs: now(),
      device: {
        id: deviceId,
        userCode: formatUserCode(userCode),
        requestedFrom: clientAddress,
        requestedAtMs,
      },
    };
  }
}
