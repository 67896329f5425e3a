/** Clients that register themselves (RFC 7591). */
import { optionalSecretSetting, read, setting } from '@gatehouse/service-kit/config/setting';
import type { z } from 'zod';

export const registrationSettings = {
  initialAccessToken: optionalSecretSetting({
    env: 'GATEHOUSE_REGISTRATION_TOKEN',
    doc: 'Initial access token with which clients register themselves (RFC 7591); without it registration is off.',
    check: atLeastThirtyTwoCharacters,
  }),
  scopes: setting(
    read.list().default(['openid', 'profile', 'email', 'offline_access']) as z.ZodType<string[]>,
    {
      env: 'GATEHOUSE_REGISTRATION_SCOPES',
      doc: 'Scopes that self-registered clients may have, separated by commas.',
    },
  ),
};

function atLeastThirtyTwoCharacters(text: string): void {
  if (text.length < 32) throw new Error('must have at least 32 characters');
}
