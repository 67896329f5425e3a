/** Checks access tokens as they are presented at our own endpoints, with what binds them to their sender. */
import {
  type ClientCertificates,
  createResourceTokens,
  type DpopProofs,
} from '@gatehouse/caller-auth/sender-constraint';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { AccessTokens } from './access-tokens.ts';

interface OwnResourceOptions {
  issuer: string;
  access: Pick<AccessTokens, 'find'>;
  proofs: DpopProofs;
  certificates: Pick<ClientCertificates, 'thumbprintOf'>;
  singleUse: SingleUse;
}

export const createOwnResourceTokens = ({
  issuer,
  access,
  proofs,
  certificates,
  singleUse,
}: OwnResourceOptions) =>
  createResourceTokens({
    read: (token) => access.find(token),
    confirmationOf: ({ facts }) => facts.cnf,
    isForUs: ({ facts: { audience, clientId } }) =>
      audience.length === 0 || audience.includes(issuer) || audience.includes(clientId),
    hasOnlyDetails: ({ facts }) => facts.hasOnlyDetails === true,
    callerOf: ({ facts }) => facts,
    proofs,
    certificates,
    singleUse,
  });
