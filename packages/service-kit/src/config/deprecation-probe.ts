/** Tells operators which of the settings in use go away: by `gatehouse doctor`, and on the first page of the console. */
import { type Probe, saidAs } from '../health/diagnosis.ts';
import { say } from '../sentences/say.ts';
import type { Configuration } from './configuration.ts';
import { deprecationsInUse } from './deprecations.ts';

export function deprecationProbe(configuration: Configuration, config: object): Probe {
  const used = deprecationsInUse(configuration, config);
  const said = used.map(({ setting, until }) => say('probe.deprecations.inUse', { setting, until }));
  return {
    name: 'Deprecated settings',
    async run() {
      return said.length === 0 ? saidAs('ok', [say('probe.deprecations.none')]) : saidAs('warning', said);
    },
  };
}
