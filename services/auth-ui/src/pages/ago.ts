/** Says how long ago something was: relative, because the time zone of the reader is unknown. */
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

export function ago(iso: string, now: number, language: string): string {
  const passedMs = Math.max(0, now - Date.parse(iso));
  const [unit, unitMs] = units.find(([, ms]) => passedMs >= ms) ?? ['minute', 60_000];
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  return format.format(-Math.floor(passedMs / unitMs), unit);
}
