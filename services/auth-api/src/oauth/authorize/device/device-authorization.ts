/** The device authorization endpoint (RFC 8628 section 3.1): gives codes to a device without a browser. */
import { unauthorizedClient } from '@gatehouse/caller-auth/oauth-errors';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Pages } from '../../../browser/cookies/pages.ts';
import { pollIntervalSeconds } from '../../../browser/devices/polled-requests.ts';
import type { Devices } from '../../../browser/devices/service.ts';
import { formatUserCode } from '../../../browser/devices/user-code.ts';
import { invalidDetails } from '../../../core/protocol/authorization-details.ts';
import { deviceGrantType } from '../../../core/protocol/grant-types.ts';
import { grantableScope, readScope } from '../../../core/protocol/parameters.ts';
import type { Targets } from '../../../registry/clients/targets.ts';
import type { ClientAuthentication, ClientCall } from '../../client-authentication/client-authentication.ts';

export interface DeviceAnswer {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

export interface DeviceAuthorizationOptions {
  clientAuthentication: ClientAuthentication;
  devices: Devices;
  targets: Pick<Targets, 'asked'>;
  pages: Pages;
  /** Bounds how many requests of public clients, which prove nothing, one address may leave in Redis. */
  starts: AttemptLimiter;
}

export type DeviceAuthorizationEndpoint = ReturnType<typeof createDeviceAuthorizationEndpoint>;

export function createDeviceAuthorizationEndpoint(options: DeviceAuthorizationOptions) {
  const { clientAuthentication, devices, targets, pages, starts } = options;
  return {
    /** @throws OAuthError, AppError (429) */
    async answer(call: ClientCall): Promise<DeviceAnswer> {
      const client = await clientAuthentication.authenticate(call);
      if (client.clientType === 'PUBLIC') starts.reserve(call.clientAddress);
      if (!client.grantTypes.includes(deviceGrantType)) {
        throw unauthorizedClient('The client may not use the device authorization grant', {
          refusal: 'grant_not_allowed',
        });
      }
      if (call.parameters.get('authorization_details') !== undefined)
        throw invalidDetails('The device authorization grant takes no authorization_details');
      const scope = grantableScope(readScope(call.parameters), client.scope);
      const asked = await targets.asked({ client, resources: call.parameters.list('resource') });
      const resources = asked.map(({ name }) => name);
      const { clientAddress } = call;
      const { deviceCode, userCode } = await devices.begin(client, { scope, resources, clientAddress });
      const shown = formatUserCode(userCode);
      return {
        device_code: deviceCode,
        user_code: shown,
        verification_uri: pages.device(),
        verification_uri_complete: pages.device(shown),
        expires_in: devices.lifeSeconds,
        interval: pollIntervalSeconds,
      };
    },
  };
}
