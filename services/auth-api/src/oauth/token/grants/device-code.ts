/** Grants a device the tokens that its user has approved in a browser (RFC 8628 sections 3.4 and 3.5). */

import type { Devices } from '../../../browser/devices/service.ts';
import { deviceGrantType } from '../../../core/protocol/grant-types.ts';
import type { GrantHandler } from '../grant-handler.ts';
import { type PolledGrantDeps, polledGrant } from './polled-grant.ts';

export interface DeviceCodeDeps extends PolledGrantDeps {
  devices: Pick<Devices, 'poll'>;
}

export function deviceCodeGrant(deps: DeviceCodeDeps): GrantHandler {
  return polledGrant(
    {
      grantType: deviceGrantType,
      parameter: 'device_code',
      name: 'device code',
      poll: deps.devices.poll,
    },
    deps,
  );
}
