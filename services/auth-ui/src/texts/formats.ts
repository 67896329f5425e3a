/** Writes times and lists as a language does. The formats are made once: making one costs more than a whole page. */
import type { Language } from '@gatehouse/service-kit/html/language';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const known = new Map<Language, ReturnType<typeof createFormats>>();

export function formatsIn(language: Language) {
  const formats = known.get(language) ?? createFormats(language);
  known.set(language, formats);
  return formats;
}

function createFormats(language: Language) {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const minutes = new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  const list = new Intl.ListFormat(language);
  const moment = new Intl.DateTimeFormat(language, {
    ...{ year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' },
    ...{ timeZone: 'UTC', timeZoneName: 'short' },
  } as const);
  const timeOfDay = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  });
  return {
    /** How long ago something was: relative, because the time zone of the reader is unknown. */
    ago(iso: string, now: number): string {
      const passedMs = Math.max(0, now - Date.parse(iso));
      const largest = units.find(([, ms]) => passedMs >= ms);
      if (largest === undefined) return relative.format(0, 'second');
      const [unit, unitMs] = largest;
      return relative.format(-Math.floor(passedMs / unitMs), unit);
    },
    /** In UTC, and says so. */
    moment: (iso: string) => moment.format(Date.parse(iso)),
    /** In UTC, and says so. */
    timeOfDay: (atMs: number) => timeOfDay.format(atMs),
    minutes: (count: number) => minutes.format(count),
    list: (values: readonly string[]) => list.format(values),
  };
}
