/** Lists what a later release takes away, and finds what of it a configuration uses. */
import { isDeepStrictEqual } from 'node:util';
import { type Configuration, listSettings, valueAt } from './configuration.ts';

interface DeprecatedSetting {
  setting: string;
  /** Version. */
  since: string;
  /** No release before this day takes it away. */
  until: string;
  /** What to do, as a sentence. */
  instead: string;
}

export const deprecatedSettings: readonly DeprecatedSetting[] = [
  {
    setting: 'GATEHOUSE_INTERNAL_ON_PUBLIC_PORT',
    since: '0.1.0',
    until: '2027-06-30',
    instead:
      'Give the services that call there the address of the internal listener: GATEHOUSE_AUTH_API_INTERNAL_URL and GATEHOUSE_ENVIRONMENT_API_INTERNAL_URL.',
  },
  {
    setting: 'GATEHOUSE_SIGN_IN_KNOWN_DEVICE_ATTEMPTS',
    since: '0.1.0',
    until: '2027-06-30',
    instead:
      'Remove it. GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS is the number at which the directory locks an account.',
  },
];

/** Those with another value than the default: charts write defaults into every configuration file. */
export function deprecationsInUse(configuration: Configuration, config: object): DeprecatedSetting[] {
  const used = listSettings(configuration.settings).filter(
    ({ path, setting }) =>
      !isDeepStrictEqual(valueAt(config, path), setting.schema.safeParse(undefined).data),
  );
  return deprecatedSettings.filter(({ setting }) => used.some((one) => one.setting.env === setting));
}

/** For the log of each start, and for `check-config`. */
export const deprecationMessage = ({ setting, since, until, instead }: DeprecatedSetting) =>
  `${setting} is deprecated since ${since}, and goes away after ${until}. ${instead}`;
