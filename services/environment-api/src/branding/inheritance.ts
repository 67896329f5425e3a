/** Decides which branding applies at a location, field by field: contact centre before installation, long location before short. */

import {
  type BrandingEntry,
  type BrandingView,
  byPrecision,
  covers,
  type EffectiveBranding,
  type Notice,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';

const fields = ['name', 'logo', 'colors', 'greeting', 'links', 'byName'] as const;

/** A notice of the installation is shown beside one of the contact centre: neither hides the other. */
export function effectiveBranding(
  own: readonly BrandingEntry[],
  installation: readonly BrandingEntry[],
  location: string,
): EffectiveBranding {
  const levels = [
    { level: 'contactCenter' as const, entries: at(own, location) },
    { level: 'installation' as const, entries: at(installation, location) },
  ];
  const chain = levels.flatMap(({ level, entries }) => entries.map((entry) => ({ level, entry })));
  const effective: EffectiveBranding = { notices: [], sources: {} };
  for (const field of fields) {
    const found = chain.find(({ entry }) => entry[field] !== undefined);
    if (!found) continue;
    Object.assign(effective, { [field]: found.entry[field] });
    effective.sources[field] = { level: found.level, location: found.entry.location };
  }
  effective.notices = levels
    .toReversed()
    .map(({ entries }) => entries.find(({ notice }) => notice !== undefined)?.notice)
    .filter((notice): notice is Notice => notice !== undefined);
  return effective;
}

/** Undefined: nothing is set, and pages look as they always did. */
export function brandingViewOf({
  sources: _sources,
  notices,
  ...fields
}: EffectiveBranding): BrandingView | undefined {
  const view = definedOnly({ ...fields, notices: notices.length === 0 ? undefined : notices });
  return Object.keys(view).length === 0 ? undefined : view;
}

function at(entries: readonly BrandingEntry[], location: string): BrandingEntry[] {
  return entries
    .filter((entry) => covers(entry.location, location))
    .sort((left, right) => byPrecision(left.location, right.location));
}
