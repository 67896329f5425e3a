import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stage, setStage } from './browser.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
});

afterAll(() => stage.close());

it('Chromium loads the frames of the applications and then goes on, without a complaint', async () => {
  const frame = `${stage.application}/frontchannel-logout?iss=i&sid=s`;
  stage.holdLogout({
    id: 'ended',
    step: 'ended',
    frames: [frame],
    continueTo: `${stage.application}/bye?state=1`,
  });
  const context = await stage.open();
  const page = await context.newPage();
  const [requested, complaints]: string[][] = [[], []];
  page.on('request', (request) => requested?.push(request.url()));
  page.on('console', (message) => complaints?.push(message.text()));

  await page.goto(`${stage.origin}/auth/signed-out.html?logout=ended`);
  await page.waitForURL(`${stage.application}/bye?state=1`);

  expect(requested).toContain(frame);
  expect(complaints).toEqual([]);
  await context.close();
});

it('without JavaScript a link leads on', async () => {
  stage.holdLogout({
    id: 'scriptless',
    step: 'ended',
    frames: [`${stage.application}/frontchannel-logout`],
    continueTo: `${stage.application}/bye`,
  });
  const context = await stage.open({ javaScriptEnabled: false });
  const page = await context.newPage();

  await page.goto(`${stage.origin}/auth/signed-out.html?logout=scriptless`);
  await page.click('text=Continue');

  await page.waitForURL(`${stage.application}/bye`);
  await context.close();
});
