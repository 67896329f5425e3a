/** Writes times and lists as a language does. The formats are made once: making one costs more than a whole page. */
import type { Language } from '@gatehouse/service-kit/html';
import { markMoment, momentStyles } from './moments.ts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const commas: Partial<Record<Language, string>> = { ar: '، ', ja: '、', 'zh-CN': '、' };

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
  const comma = commas[language] ?? ', ';
  const long = new Intl.DateTimeFormat(language, momentStyles.long);
  const timeOfDay = new Intl.DateTimeFormat(language, momentStyles.time);
  const number = new Intl.NumberFormat(language, {
    maximumSignificantDigits: 3,
    roundingPriority: 'morePrecision',
    maximumFractionDigits: 0,
  });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const always = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'short' });
  const [millisecond, second, minute, hour] = (['millisecond', 'second', 'minute', 'hour'] as const).map(
    (unit) =>
      new Intl.NumberFormat(language, {
        style: 'unit',
        unit,
        unitDisplay: 'short',
        maximumSignificantDigits: 2,
        roundingPriority: 'morePrecision',
        maximumFractionDigits: 0,
      }),
  ) as [Intl.NumberFormat, Intl.NumberFormat, Intl.NumberFormat, Intl.NumberFormat];
  return {
    /** How long ago something was: relative, because the time zone of the reader is unknown. */
    ago(iso: string, now: number): string {
      const passedMs = Math.max(0, now - Date.parse(iso));
      const largest = units.find(([, ms]) => passedMs >= ms);
      if (largest === undefined) return relative.format(0, 'second');
      const [unit, unitMs] = largest;
      return relative.format(-Math.floor(passedMs / unitMs), unit);
    },
    moment: (iso: string) => markMoment(Date.parse(iso), 'long', long.format(Date.parse(iso))),
    timeOfDay: (atMs: number) => markMoment(atMs, 'time', timeOfDay.format(atMs)),
    /** Of a moment that lies so far back: 60 minutes ago, 24 hours ago, now. */
    before(ms: number): string {
      if (ms < 60_000) return relative.format(0, 'second');
      return ms > 3_600_000
        ? always.format(-Math.round(ms / 3_600_000), 'hour')
        : always.format(-Math.round(ms / 60_000), 'minute');
    },
    /** Until a moment that lies so far ahead, in days; or since. */
    days: (ms: number) => relative.format(Math.ceil(ms / 86_400_000), 'day'),
    /** How long something takes: 85 ms, 1.4 sec, 12 min. */
    duration(ms: number): string {
      if (ms < 1000) return millisecond.format(ms);
      if (ms < 120_000) return second.format(ms / 1000);
      return ms < 7_200_000 ? minute.format(ms / 60_000) : hour.format(ms / 3_600_000);
    },
    /** Whole from 100 on. */
    number: (value: number) => number.format(value),
    percent: (share: number) => percent.format(share),
    minutes: (count: number) => minutes.format(count),
    list: (values: readonly string[]) => list.format(values),
    /** In a cell of a table, where no "and" stands before the last one. */
    words: (values: readonly string[]) => values.join(comma),
  };
}
