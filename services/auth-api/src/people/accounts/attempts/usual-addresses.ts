/** Marks the network that an account is used from, so that Redis holds no address of a person. */
import { createHmac } from 'node:crypto';
import { deriveMacKeys, type Secret } from '@gatehouse/service-kit/crypto';
import { addressNetwork } from '@gatehouse/service-kit/limits';

export type UsualAddresses = ReturnType<typeof createUsualAddresses>;

/** `encryptionKeys`: shared by all replicas. The first one marks; a mark under any of them counts. */
export function createUsualAddresses(encryptionKeys: Secret) {
  const keys = deriveMacKeys(encryptionKeys, 'usual address');
  return {
    /**
     * Without the key nobody can compute the mark of an address to find its owner, and the marks of two accounts at one
     * address differ. Empty where there is no address.
     */
    marksOf(account: string, address: string): string[] {
      const network = addressNetwork(address);
      if (network === undefined) return [];
      return keys.map((key) =>
        createHmac('sha256', key).update(`${account}\n${network}`).digest('base64url'),
      );
    },
  };
}
