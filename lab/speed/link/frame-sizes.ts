/** What one login weighs on the wire, so that the echo carries just as much. */
import { ocpWire } from '@gatehouse/config-server-client/wire/ocp/ocp-wire';
import { defaultWireLimits } from '@gatehouse/config-server-client/wire/wire-protocol';
import { linkPassword, userNameOf } from './link-seed.ts';

const session = ocpWire().createSession('client', defaultWireLimits);
const userName = userNameOf(0);

export const frameBytes = {
  request: session.encode({ name: 'RequestAuthenticate', body: { userName, userPassword: linkPassword } }, 1)
    .length,
  answer: session.encode(
    {
      name: 'EventAuthenticated',
      body: {
        userDbid: 101,
        tenantDbid: 101,
        userName,
        changePasswordRequired: false,
        lastLogin: 1_800_000_000,
        sessions: 0,
      },
    },
    1,
  ).length,
} as const;
