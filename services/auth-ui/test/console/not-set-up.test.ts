import { expect, it } from 'vitest';
import { people, startStage } from './stage.ts';

it('without the address of Environment API there is no console, and the account page works', async () => {
  const stage = await startStage({ hasEnvironmentApi: false });
  try {
    const person = stage.newPerson();
    for (const path of ['/auth/console', '/auth/console/locations'])
      expect(await person.open(path)).toMatchObject({
        status: 404,
        heading: 'The console is not set up here',
      });
    const account = await person.openAs('/auth/account', people.agent);
    expect(account.status).toBe(200);
  } finally {
    await stage.close();
  }
});
