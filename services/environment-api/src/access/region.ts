/** Regions: writes go to one of them; in the others this service reads. */
import { covers } from '@gatehouse/contracts/environment-api/location';
import { forbidden } from '@gatehouse/service-kit/errors/app-error';

export interface Region {
  /** Where this service runs. */
  location: string;
  /** Where writes go; undefined = everywhere. */
  writableLocation: string | undefined;
  /** The operator's word during a fail-over: write here all the same. */
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
