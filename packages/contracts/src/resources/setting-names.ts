/** Judges the names of settings: known, an installation's own, or known ones with a slip of the hand; and tells about the known ones. */
import { described } from '../resource/resource.ts';
import {
  builtInText,
  isKnownSetting,
  type KnownSettingName,
  knownSetting,
  knownSettingNames,
  settingUses,
} from './known-settings.ts';

/**
 * `own`: applications of the installation read it, as its name (`x-…`) or its mark (`shared`) says. `unread`: nothing here reads
 * it, and nobody has said that something else does.
 */
export type SettingStanding = 'known' | 'own' | 'unread';

export function standingOf({ name, shared }: { name: string; shared: boolean }): SettingStanding {
  if (isKnownSetting(name)) return 'known';
  return isOwnName(name) || shared ? 'own' : 'unread';
}

const isOwnName = (name: string) => /^x-./i.test(name);

/** The known setting that was meant; undefined where the name is known, or an own one, or like none. */
export function meantSetting(name: string): KnownSettingName | undefined {
  if (isKnownSetting(name) || isOwnName(name)) return undefined;
  const letters = lettersOf(name);
  return knownSettingNames.find((known) => distance(letters, lettersOf(known)) <= maxSlips);
}

const maxSlips = 2;

/** Capitals, hyphens, dots and the like make no other name. */
const lettersOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** How many letters are missing, too many, others or swapped (optimal string alignment); much more than `maxSlips` is not counted. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > maxSlips) return maxSlips + 1;
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= one.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}

/** Tells about every known setting, for the command line and the reference. */
export function settingFacts() {
  return described(knownSetting).map(([key, , { label, help, example }]) => {
    const name = key as KnownSettingName;
    const { readBy, counts } = settingUses[name];
    return {
      name,
      label,
      help,
      example: String(example),
      default: builtInText(name),
      readBy: readBy.join(', '),
      counts,
    };
  });
}
