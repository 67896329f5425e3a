/** Recognises the installation's own services by the credentials that they share. */

import { parseBasicCredentials } from '@gatehouse/caller-auth/credentials/basic-auth';
import { safeEqual } from '@gatehouse/service-kit/crypto/digest';
import type { Secret } from '@gatehouse/service-kit/secret';

export interface ServiceClientCredentials {
  id: string;
  secret: Secret;
}

export function recognizeServiceClient(
  client: ServiceClientCredentials,
): (authorization: string | undefined) => boolean {
  return (authorization) =>
    parseBasicCredentials(authorization).some(({ username, password }) => {
      const isId = safeEqual(username, client.id);
      const isSecret = safeEqual(password, client.secret.reveal());
      return isId && isSecret;
    });
}
