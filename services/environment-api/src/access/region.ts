/** Decides whether this region takes writes. */
import { covers } from '@gatehouse/contracts/environment-api/location';
import { forbidden } from '@gatehouse/service-kit/errors/app-error';

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
