/** Uses settings that go away, and expects the warning of each start and the finding of the diagnosis. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineConfiguration } from '../../src/config/configuration.ts';
import { deprecationProbe } from '../../src/config/deprecation-probe.ts';
import { deprecatedSettings, deprecationMessage, deprecationsInUse } from '../../src/config/deprecations.ts';
import { loadConfig } from '../../src/config/load.ts';
import { setting } from '../../src/config/setting.ts';

const [first] = deprecatedSettings;
if (!first) throw new Error('nothing is deprecated: this test has nothing to look at');
const configuration = defineConfiguration('auth-api', {
  old: setting(z.string().default('off'), { env: first.setting, doc: 'Goes away.' }),
  new: setting(z.string().default('off'), { env: 'GATEHOUSE_NEW', doc: 'Stays.' }),
});
const load = (env: Record<string, string>) => loadConfig(configuration, { env });

it('a setting that goes away is named with its day and what to do, where it has another value than the default', async () => {
  const config = load({ [first.setting]: 'on', GATEHOUSE_NEW: 'on' });
  expect(deprecationsInUse(configuration, config).map(deprecationMessage)).toEqual([
    `${first.setting} is deprecated since ${first.since}, and goes away after ${first.until}. ${first.instead}`,
  ]);
  expect(await deprecationProbe(configuration, config).run(AbortSignal.timeout(1000))).toMatchObject({
    status: 'warning',
    sentences: [
      { key: 'probe.deprecations.inUse', parameters: { setting: first.setting, until: first.until } },
    ],
  });
});

it.each([{}, { [first.setting]: 'off' }, { GATEHOUSE_NEW: 'on' }])('nothing is said of %j', async (env) => {
  expect(deprecationsInUse(configuration, load(env))).toEqual([]);
  expect(await deprecationProbe(configuration, load(env)).run(AbortSignal.timeout(1000))).toMatchObject({
    status: 'ok',
  });
});

it.each(deprecatedSettings)('$setting has the version, a day and a sentence of what to do', (one) => {
  expect(one.since).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Number.isNaN(Date.parse(one.until))).toBe(false);
  expect(one.instead).toMatch(/^[A-Z].*\.$/);
});
