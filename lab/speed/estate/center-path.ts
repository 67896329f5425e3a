import { centerId } from '../../plans/estate-seed.ts';

/** The path of the read with this number: each asks for another contact centre than the one before. */
export const centerPath = (contactCenters: number) => (number: number) =>
  `/contact-centers/${centerId(1 + ((number * 7919) % contactCenters))}`;
