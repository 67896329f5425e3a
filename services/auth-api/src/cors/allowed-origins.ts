/** Whose pages may call: our own, those of registered clients, and those of the origins kept by Environment API. */
import type { ClientDirectory } from '../clients/directory.ts';
import type { StoredOrigins } from './stored-origins.ts';

export interface AllowedOrigins {
  /** @throws when the origin is known nowhere and a place where it may be known cannot be asked (503) */
  isAllowed(origin: string): Promise<boolean>;
}

export interface AllowedOriginsOptions {
  publicUrl: string;
  clients: Pick<ClientDirectory, 'hasOrigin'>;
  stored: StoredOrigins;
}

export function createAllowedOrigins({ publicUrl, clients, stored }: AllowedOriginsOptions): AllowedOrigins {
  const ownOrigin = new URL(publicUrl).origin;
  return {
    async isAllowed(origin) {
      if (origin === ownOrigin) return true;
      // Clients first: their pages need Environment API for nothing. One place that is down hides nothing of the other.
      const failures: unknown[] = [];
      for (const place of [clients.hasOrigin, stored.has]) {
        try {
          if (await place(origin)) return true;
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return false;
    },
  };
}
