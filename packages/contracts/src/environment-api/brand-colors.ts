/** Judges the colours of a branding by contrast (WCAG 2.2), and derives from one accent all colours that pages use. */

export type Scheme = 'light' | 'dark';

/** Success criterion 1.4.3, level AA, for text that is not large. */
export const neededContrast = 4.5;

/** `#rrggbb` in lower case: nothing else gets into a style sheet. */
export const colorPattern = /^#[0-9a-f]{6}$/;

/** The backgrounds of an accent: links and buttons stand on the page and on cards. Equal to design/tokens.css of Auth UI. */
export const surfaces: Record<Scheme, Record<'page' | 'card', string>> = {
  light: { page: '#f7f5f0', card: '#ffffff' },
  dark: { page: '#0e1514', card: '#161f1d' },
};

/** Text on buttons of the accent. */
const onAccent: Record<Scheme, string> = { light: '#ffffff', dark: '#0b1110' };
/** Text on the picture beside the form, which is dark in both schemes. */
const sceneInk = '#f5f1e6';
const sceneContrast = 8;

type Rgb = [red: number, green: number, blue: number];

/** Relative luminance (WCAG 2.2, glossary). */
function luminance(color: string): number {
  const [red, green, blue] = partsOf(color).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 (the same) to 21 (black and white). */
export function contrastOf(left: string, right: string): number {
  const [darker, lighter] = [luminance(left), luminance(right)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

export interface AccentContrast {
  /** The lowest of all. */
  ratio: number;
  /** Where it is the lowest. */
  against: string;
  passes: boolean;
}

export function accentContrast(accent: string, scheme: Scheme): AccentContrast {
  const grounds = [surfaces[scheme].page, surfaces[scheme].card, onAccent[scheme]];
  const [against = ''] = grounds.toSorted((a, b) => contrastOf(accent, a) - contrastOf(accent, b));
  const ratio = contrastOf(accent, against);
  return { ratio, against, passes: ratio >= neededContrast };
}

/** The accent itself if it passes; otherwise the first shade of it that does, darker on light pages and lighter on dark ones. */
export function nearestAccent(accent: string, scheme: Scheme): string {
  return firstShade(
    accent,
    scheme === 'light' ? '#000000' : '#ffffff',
    (shade) => accentContrast(shade, scheme).passes,
  );
}

export interface BrandColors {
  accent: string;
  accentDark: string;
}

/** The custom properties of a page in one scheme; every value is a colour of `colorPattern`. */
export function tokensOf({ accent, accentDark }: BrandColors, scheme: Scheme): Record<string, string> {
  const own = scheme === 'light' ? accent : accentDark;
  // Never a colour that cannot be read, wherever it came from.
  const brand = nearestAccent(own, scheme);
  const sky = firstShade(accent, '#000000', (shade) => contrastOf(shade, sceneInk) >= sceneContrast);
  const depth = scheme === 'light' ? 0 : 0.25;
  const shade = (share: number) => mixed(sky, '#000000', depth + share * (1 - depth));
  return {
    '--brand': brand,
    '--brand-strong': mixed(brand, scheme === 'light' ? '#000000' : '#ffffff', 0.25),
    '--on-brand': onAccent[scheme],
    '--scene-sky': shade(0),
    '--scene-sky-high': shade(0.35),
    '--scene-wall': shade(0.57),
    '--scene-wall-lit': shade(0.4),
    '--scene-ground': shade(0.7),
  };
}

/** A style sheet of custom properties and nothing else. @throws Error for what are no colours */
export function brandStyleOf(colors: BrandColors): string {
  const rule = (scheme: Scheme) =>
    `:root{${Object.entries(tokensOf(colors, scheme))
      .map(([property, value]) => `${property}:${value}`)
      .join(';')}}`;
  return `${rule('light')}@media(prefers-color-scheme:dark){${rule('dark')}}`;
}

function firstShade(color: string, towards: string, passes: (shade: string) => boolean): string {
  for (let share = 0; share < 1; share += 0.01) {
    const shade = mixed(color, towards, share);
    if (passes(shade)) return shade;
  }
  return towards;
}

function mixed(color: string, other: string, share: number): string {
  const others = partsOf(other);
  const parts = partsOf(color).map((part, index) => Math.round(part + ((others[index] ?? 0) - part) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** @throws Error for what is no colour of `colorPattern` */
function partsOf(color: string): Rgb {
  if (!colorPattern.test(color)) throw new Error('a colour must be #rrggbb');
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as Rgb;
}
