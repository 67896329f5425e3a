/** Names what others may use to describe, read and refuse settings. */
export { clockSettings } from './clock.ts';
export {
  type ConfigOf,
  type Configuration,
  defineConfiguration,
  documentConfiguration,
  isSetting,
  listSettings,
  type SettingTree,
} from './configuration.ts';
export { deprecationProbe } from './deprecation-probe.ts';
export { deprecatedSettings } from './deprecations.ts';
export { httpSettings, internalSettings, tlsProblems } from './http.ts';
export { loadConfig } from './load.ts';
export { isThisMachine, isTooWide, membersOf, networkOf, spans } from './networks.ts';
export { configuredPlaces } from './places.ts';
export { isWritable, type Region, regionSettings, requireWritable } from './region.ts';
export {
  optionalSecretSetting,
  overrideSetting,
  read,
  replaceableSecretSetting,
  type Setting,
  setting,
} from './setting.ts';
export {
  allowPlaintextPublicUrlSetting,
  deletedSettings,
  encryptionSettings,
  logSettings,
  modeSetting,
  openApiSettings,
  plaintextWeakness,
  publicUrlSetting,
  serviceClientSettings,
  tracingSettings,
} from './shared-settings.ts';
export { passwordWeakness } from './store-weaknesses.ts';
export {
  consulSettings,
  postgresSettings,
  primaryProblems,
  primarySettings,
  redisProblems,
  redisSettings,
} from './stores.ts';
export { textWeakness } from './weak-texts.ts';
