/** Writes moments in UTC, and marks them in a text: where the text becomes a page, each is a `<time>`, which a script shows in the reader's zone. */

const time = { hour: 'numeric', minute: '2-digit', timeZone: 'UTC', timeZoneName: 'short' } as const;
const day = { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' } as const;

/** As texts name them: `{at, date, minute}`. `design/times.js` knows the same. */
export const momentStyles = {
  day,
  time,
  minute: { ...day, ...time },
  second: { ...day, ...time, second: '2-digit' },
  long: { ...day, ...time, month: 'long' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type MomentStyle = keyof typeof momentStyles;

/** Unicode keeps these for the inside of programs: no text that comes from elsewhere means something by them. */
const [start, style, words, end] = ['\ufdd0', '\ufdd1', '\ufdd2', '\ufdd3'];
const marked = new RegExp(
  `${start}(?<at>[-+\\d]+T[\\d:.]+Z)${style}(?<style>[a-z]*)${words}(?<words>[^${start}-${end}]*)${end}`,
  'gu',
);

export function markMoment(atMs: number, name: MomentStyle, text: string): string {
  if (Number.isNaN(atMs)) return text;
  const at = new Date(atMs).toISOString().replace(/\.\d+/, '');
  // Long tables are full of minutes.
  return `${start}${at}${style}${name === 'minute' ? '' : name}${words}${text}${end}`;
}

/** For attributes, titles and everything else that holds no element. */
export const plainMoments = (text: string): string =>
  text.includes(start) ? text.replace(marked, '$<words>') : text;

/** `html` is escaped already. */
export const momentElements = (html: string): string =>
  html.includes(start)
    ? html
        .replace(marked, '<time datetime="$<at>" data-time="$<style>">$<words></time>')
        .replaceAll(' data-time="">', '>')
    : html;
