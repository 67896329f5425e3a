/** Proves that logins, failures, password rules, changes and limits are alike for people of the directories that need no server of others. */
import { afterAll, beforeAll } from 'vitest';
import { startConfigurationServer } from './configuration-server.ts';
import { startPeopleStore } from './people-store.ts';
import { type Stage, startStage } from './stage.ts';
import { describeDirectory } from './suite.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());

describeDirectory('configServer', startConfigurationServer, () => stage);
describeDirectory('people', startPeopleStore, () => stage);
