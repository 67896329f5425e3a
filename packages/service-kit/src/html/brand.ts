/** Turns a branding into what self-contained pages show of it. */

import { type BrandingView, brandStyleOf, imagePath } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { StandaloneBrand } from './standalone-page.ts';

export function brandOf({ name = 'Gatehouse', logo, colors }: BrandingView): StandaloneBrand {
  return {
    name,
    ...definedOnly({
      logo: logo && { src: imagePath(logo.digest), width: logo.width, height: logo.height },
      css: colors && brandStyleOf(colors),
    }),
  };
}
