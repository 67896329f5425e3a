/** Describes the pages and the picture of a client, for people who sign in to it. */
import { field } from '../../resource/field.ts';
import { linkedPage } from './values.ts';

/** Appearance. */
export const appearance = {
  clientUri: field(linkedPage.optional(), {
    label: 'Home page',
    help: 'Its home page, linked from the sign-in and consent pages.',
    group: 'appearance',
    example: 'https://desktop.example.com/',
    isClearable: true,
  }),
  policyUri: field(linkedPage.optional(), {
    label: 'Privacy policy',
    help: 'Linked from the sign-in and consent pages.',
    group: 'appearance',
    example: 'https://desktop.example.com/privacy',
    isClearable: true,
  }),
  tosUri: field(linkedPage.optional(), {
    label: 'Terms of service',
    help: 'Linked from the sign-in and consent pages.',
    group: 'appearance',
    example: 'https://desktop.example.com/terms',
    isClearable: true,
  }),
  logoUri: field(linkedPage.optional(), {
    label: 'Picture',
    help: 'Shown on those pages: PNG, JPEG, WebP or GIF of at most 256 KiB. It is fetched and stored when this is set, and never loaded from there by a page.',
    group: 'appearance',
    example: 'https://desktop.example.com/logo.png',
    isClearable: true,
  }),
};
