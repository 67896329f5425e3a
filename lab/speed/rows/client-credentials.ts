/** A client for itself: an opaque token, and a JWT in each algorithm. */
import type { BenchStack, FloorName } from '../bench-stack.ts';
import { formOf } from '../requests.ts';
import { peerRequest, type Row, tokenRequest } from './row.ts';

const form = 'grant_type=client_credentials';

export const clientCredentialsRows: readonly Row[] = [
  {
    name: 'client_credentials_opaque',
    floor: 'redis-set-1',
    mustToFormPost: 0.35,
    aimToFloor: 0.6,
    plan: async (stack) => tokenRequest(stack, form),
    peer: async (stack) => peerRequest(stack, 'token', form),
  },
  // The floor is a bare route that signs: 0.8 of it is asked of RS256, where the signature is nearly everything.
  jwtRow('RS256', 'sign-rs256', { aimToFloor: 0.8 }),
  jwtRow('ES256', 'sign-es256', { aimToFloor: 0.5, mustToFormPost: 0.22 }),
  jwtRow('EdDSA', 'sign-eddsa', { aimToFloor: 0.5 }),
];

function jwtRow(
  algorithm: keyof BenchStack['jwtAuthorizations'],
  floor: FloorName,
  bounds: Pick<Row, 'aimToFloor' | 'mustToFormPost'>,
): Row {
  return {
    name: `client_credentials_${algorithm.toLowerCase()}`,
    floor,
    ...bounds,
    plan: async (stack) => tokenRequest(stack, form, stack.jwtAuthorizations[algorithm]),
    peer: async (stack) =>
      peerRequest(
        stack,
        'token',
        formOf({
          grant_type: 'client_credentials',
          resource: `urn:bench:${algorithm}`,
          scope: 'calls:read',
        }),
      ),
  };
}
