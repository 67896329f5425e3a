/** Names a place that has a branding of its own: a contact centre or the installation, and a location. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import { z } from 'zod';

export const brandingPath = `${consolePath}/branding`;

/** Of addresses and forms. An empty `cc` is the installation. */
export const placeFields = z.object({
  cc: z.string().max(64).default(''),
  location: z.string().max(128).default('/'),
});

export interface Place {
  /** Undefined: what all contact centres inherit. */
  owner: string | undefined;
  location: string;
}

export function askedPlace({ cc, location }: z.output<typeof placeFields>): Place {
  return { owner: cc === '' ? undefined : cc, location: location.trim() === '' ? '/' : location.trim() };
}

export function fieldsOf({ owner = '', location }: Place): { cc: string; location: string } {
  return { cc: owner, location };
}

export function addressOf(page: string, place: Place, more: Record<string, string> = {}): string {
  return `${brandingPath}/${page}?${new URLSearchParams({ ...fieldsOf(place), ...more })}`;
}
