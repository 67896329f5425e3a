/** Describes how the pages of a contact centre look: what is stored, what is effective, and what Auth API reads. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { colorPattern } from './brand-colors.ts';

export const linkKinds = ['help', 'privacy', 'terms', 'imprint', 'accessibility', 'other'] as const;
export const noticeKinds = ['info', 'maintenance', 'incident'] as const;

/** By language tag, such as `en` or `pt-BR`. */
const textsSchema = z.record(z.string(), z.string());
const colorSchema = z.string().regex(colorPattern);

export const brandColorsSchema = z.object({
  accent: colorSchema.describe('Buttons, links and the picture on light pages.'),
  accentDark: colorSchema.describe('Buttons and links on dark pages.'),
});
components.add(brandColorsSchema, { id: 'BrandColors' });

export const brandLinkSchema = z.object({
  kind: z.enum(linkKinds),
  url: z.string(),
  label: textsSchema.optional().describe('Only of the kind `other`: the pages have words for the rest.'),
});
components.add(brandLinkSchema, { id: 'BrandLink' });

export const noticeSchema = z.object({
  kind: z.enum(noticeKinds),
  text: textsSchema,
  from: z.iso.datetime(),
  until: z.iso.datetime(),
});
components.add(noticeSchema, { id: 'Notice' });

/** A picture that was decoded here, at `/auth/v3/branding/images/{digest}`. */
export const imageSchema = z.object({
  digest: z.string().describe('SHA-256 of the stored picture.'),
  width: z.int(),
  height: z.int(),
});
components.add(imageSchema, { id: 'Image' });

/** The fields that each place may set. It inherits the fields that it does not set. */
export const brandingFieldsSchema = z.object({
  name: z.string().optional(),
  logo: imageSchema.optional(),
  colors: brandColorsSchema.optional(),
  greeting: textsSchema.optional(),
  links: z.array(brandLinkSchema).optional(),
  notice: noticeSchema.optional(),
  byName: z.boolean().optional(),
});

export const brandingEntrySchema = brandingFieldsSchema.extend({ location: z.string() });
components.add(brandingEntrySchema, { id: 'Branding' });

/** Where the value of a field comes from. */
export const brandingSourceSchema = z.object({
  level: z.enum(['contactCenter', 'installation']),
  location: z.string(),
});

export const effectiveBrandingSchema = brandingFieldsSchema.omit({ notice: true }).extend({
  notices: z.array(noticeSchema).describe('Of the installation and of the contact centre.'),
  sources: z.record(z.string(), brandingSourceSchema).describe('By field.'),
});
components.add(effectiveBrandingSchema, { id: 'EffectiveBranding' });

export const brandingAnswerSchema = z.object({
  entries: z.array(brandingEntrySchema).describe('What was set here, by location.'),
  effective: effectiveBrandingSchema.optional().describe('With `location`: what pages there show.'),
});

/** `POST …/branding/preview` */
export const brandingPreviewSchema = z.object({ effective: effectiveBrandingSchema });

/** Part of `GET /environment/v3/internal/contact-centers…`, and the answer of `GET /environment/v3/internal/branding?location=`. */
export const brandingViewSchema = z.object({
  name: z.string().optional(),
  logo: imageSchema.optional(),
  colors: brandColorsSchema.optional(),
  greeting: textsSchema.optional(),
  links: z.array(brandLinkSchema).optional(),
  notices: z.array(noticeSchema).optional(),
  /** Whether pages show it to those who only named the contact centre: it tells them that there is one. */
  byName: z.boolean().optional(),
});

/** `GET /environment/v3/internal/branding?location=`: of the installation. */
export const installationBrandingSchema = z.object({
  version: z.int(),
  branding: brandingViewSchema.optional(),
});

/** `GET /environment/v3/internal/images/{digest}` */
export const imageContentSchema = imageSchema.extend({ type: z.literal('image/webp'), base64: z.string() });

export const digestPattern = /^[0-9a-f]{64}$/;
/** Public address of a stored picture, below the public host. */
export const imagePath = (digest: string) => `/auth/v3/branding/images/${digest}`;

export type BrandImage = z.infer<typeof imageSchema>;
export type BrandingEntry = z.infer<typeof brandingEntrySchema>;
export type EffectiveBranding = z.infer<typeof effectiveBrandingSchema>;
export type BrandingView = z.infer<typeof brandingViewSchema>;
export type Notice = z.infer<typeof noticeSchema>;
export type BrandLink = z.infer<typeof brandLinkSchema>;
