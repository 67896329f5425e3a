/** Defines the settings of a region, and decides whether it takes writes. */
import { covers, locationSchema } from '@gatehouse/contracts/environment-api';
import { forbidden } from '../errors/app-error.ts';
import { read, setting } from './setting.ts';

export const regionSettings = {
  writableLocation: setting(locationSchema.optional(), {
    env: 'GATEHOUSE_WRITABLE_LOCATION',
    doc: 'The region that accepts writes; all others refuse them. Without it every region accepts writes.',
    example: '/USW1',
  }),
  forceWritable: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_FORCE_WRITABLE',
    doc: 'Accepts writes in this region although another one is writable, during a fail-over.',
  }),
};

export interface Region {
  /** Where this service runs. */
  location: string;
  /** Where writes go; undefined: everywhere. */
  writableLocation: string | undefined;
  /** Set by the operator during a fail-over: this region takes writes too. */
  forceWritable: boolean;
}

/** @throws AppError 403 `read_only_region` that names the writable region */
export function requireWritable(region: Region): void {
  if (isWritable(region)) return;
  const { location, writableLocation } = region;
  throw forbidden(`This region (${location}) is read-only: send writes to the region ${writableLocation}`, {
    name: 'read_only_region',
  });
}

export function isWritable({ location, writableLocation, forceWritable }: Region): boolean {
  return forceWritable || writableLocation === undefined || covers(writableLocation, location);
}
