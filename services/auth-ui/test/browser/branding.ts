/** A branding with everything that one can have, for pages under test. */
import type { BrandingView } from '@gatehouse/contracts/environment-api';

const digest = 'b'.repeat(64);

export const branding: BrandingView = {
  name: 'Nordic Travel',
  logo: { digest, width: 300, height: 80 },
  colors: { accent: '#7a2bbf', accentDark: '#c79bf0' },
  greeting: { en: 'Good to see you. Your customers are waiting for you.' },
  links: [
    { kind: 'privacy', url: 'https://nordic.example/privacy' },
    { kind: 'other', url: 'https://nordic.example/desk', label: { en: 'Service desk' } },
  ],
  notices: (['maintenance', 'incident', 'info'] as const).map((kind) => ({
    kind,
    text: { en: 'On Sunday from two to four nobody can sign in.' },
    from: '2027-01-29T00:00:00.000Z',
    until: '2027-01-31T04:00:00.000Z',
  })),
};

/** Of a client. */
export const clientLogo = { digest, width: 64, height: 64 };
