/** Starts the login for a device from the code that its user typed (RFC 8628 section 3.3). */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { AppError } from '@gatehouse/service-kit/errors';
import { addressGroup } from '@gatehouse/service-kit/limits';
import type { Browser } from '../../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../../browser/cookies/pages.ts';
import type { Tries } from '../../../browser/devices/attempts.ts';
import type { DeviceRequest } from '../../../browser/devices/device.ts';
import type { Devices } from '../../../browser/devices/service.ts';
import { formatUserCode, parseUserCode } from '../../../browser/devices/user-code.ts';
import type { NextStep } from '../authorization-response.ts';
import type { AuthorizationEndpoint } from '../authorize.ts';

export interface DeviceVerificationOptions {
  devices: Pick<Devices, 'findByUserCode'>;
  attempts: Tries;
  authorization: Pick<AuthorizationEndpoint, 'beginForDevice'>;
  pages: Pages;
  now: Clock;
}

export type DeviceVerification = ReturnType<typeof createDeviceVerification>;

export function createDeviceVerification(options: DeviceVerificationOptions) {
  const { devices, attempts, authorization, pages, now } = options;

  /** Undefined: no device waits for the typed code. @throws AppError (429) */
  async function find(typed: string, address: string): Promise<DeviceRequest | undefined> {
    const userCode = parseUserCode(typed);
    if (userCode === undefined) return undefined;
    const party = addressGroup(address);
    await attempts.reserve(party);
    const device = await devices.findByUserCode(userCode);
    if (device !== undefined) await attempts.release(party);
    return device;
  }

  return {
    /** @throws AppError (503) */
    async open(typed: string, browser: Browser): Promise<NextStep> {
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

  function requestOf({
    deviceId,
    clientId,
    userCode,
    clientAddress,
    requestedAtMs,
    ...asked
  }: DeviceRequest) {
    return {
      clientId,
      // The login ends on a page of ours, not at an application.
      redirectUri: pages.device(),
      redirectUriGiven: true,
      responseType: 'code' as const,
      responseMode: 'query' as const,
      scope: asked.scope,
      ...definedOnly({ resources: asked.resources }),
      // Section 5.4: an attacker may have sent the user a link with the attacker's code.
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
