/** Refuses values outside local mode that are valid and too weak, unless their override is on. */
import { Secret } from '../crypto/secret.ts';
import { type Configuration, listSettings, type NamedSetting, valueAt } from './configuration.ts';

/** Prefix of every demo credential. */
const demoPrefix = 'demo-';

/** Returns one sentence for each weak value that no override accepts, without secrets. */
export function refusedWeaknesses(configuration: Configuration, config: object): string[] {
  if (valueAt(config, ['mode']) === 'local') return [];
  return listSettings(configuration.settings).flatMap((named) => {
    const { path, setting } = named;
    const value = valueAt(config, path);
    // Demo credentials are public, so no override takes them.
    if (value instanceof Secret && value.reveal().startsWith(demoPrefix))
      return [`${nameOf(named)} is a demo credential: only GATEHOUSE_MODE=local takes it`];
    const beside = valueAt(config, path.slice(0, -1)) as object;
    const reason = value === undefined ? undefined : setting.weakness?.of(value, beside);
    if (setting.weakness === undefined || reason === undefined) return [];
    const { override } = setting.weakness;
    const isAccepted = listSettings(configuration.settings).some(
      (other) => other.setting === override && valueAt(config, other.path) === true,
    );
    return isAccepted ? [] : [`${nameOf(named)} ${reason}; ${override.env}=true accepts it`];
  });
}

/** Returns the overrides that are on, for the log of each start. */
export function overridesInUse(configuration: Configuration, config: object) {
  return listSettings(configuration.settings)
    .filter(({ path, setting }) => setting.isOverride && valueAt(config, path) === true)
    .map(({ setting: { env, doc } }) => ({ setting: env, message: `${env} is on: ${doc}` }));
}

function nameOf({ path, setting }: NamedSetting): string {
  return `${setting.env} (${path.join('.')})`;
}
