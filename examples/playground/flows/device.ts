/** Plays a device without a browser (RFC 8628): shows a code, and waits for the person who enters it elsewhere. */

import type { Caller } from '../calls/make.ts';
import { type Credentials, secret } from '../calls/secret.ts';
import type { Issuer } from '../issuer.ts';
import type { Visit } from '../visit.ts';
import { poll, startPolling } from './polling.ts';

export function createDevice(issuer: Issuer, caller: Caller, client: Credentials) {
  return {
    async begin(visit: Visit): Promise<void> {
      visit.calls.device = [];
      const answer = await caller.make(visit.calls.device, {
        kind: 'device start',
        what: 'The device asks for its codes',
        method: 'POST',
        url: issuer.device_authorization_endpoint,
        client,
        form: { scope: 'openid profile calls:read' },
      });
      visit.device = {
        ...startPolling(answer),
        deviceCode: String(answer['device_code']),
        userCode: String(answer['user_code']),
        address: String(answer['verification_uri']),
        completeAddress: String(answer['verification_uri_complete']),
      };
    },

    async ask(visit: Visit): Promise<void> {
      const { device } = visit;
      if (!device) throw new Error('the device has not asked for codes yet');
      await poll(device, caller, visit.calls.device, {
        kind: 'device poll',
        what: 'Has the person allowed it?',
        method: 'POST',
        url: issuer.token_endpoint,
        client,
        form: {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: secret('DEVICE_CODE', device.deviceCode),
        },
      });
    },
  };
}
