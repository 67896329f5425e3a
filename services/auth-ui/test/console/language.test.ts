/** A language that a person chose, through a real sign-in and the pages of three services. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());

/** Where the choice of a language leads to from a page. */
function choiceOf({ html }: Answer, language: string): string {
  const pattern = new RegExp(`(?:href|formaction)="([^"]*[?&;]language=${language})"`);
  return pattern.exec(html)?.[1]?.replaceAll('&amp;', '&') as string;
}

const languageOf = ({ headers }: Answer) => headers.get('content-language');

it('is kept from the first step of the sign-in to the pages behind it, and after the sign-out', async () => {
  const person = stage.newPerson();
  const first = await person.open('/auth/console');
  expect(languageOf(first)).toBe('en');
  const german = await person.open(choiceOf(first, 'de'));
  expect([german.path, languageOf(german), german.heading]).toEqual([first.path, 'de', 'Anmelden']);
  const second = await person.submit(german, '/auth/sign-in.html', {
    username: people.admin.username,
    tenant: 'demo',
  });
  expect(second.heading).toBe('Passwort eingeben');
  const fields = second.forms.find(({ buttons }) => buttons.includes('Français'))?.fields ?? {};
  const french = await person.post(choiceOf(second, 'fr'), fields);
  expect([french.status, french.heading]).toEqual([200, 'Saisissez votre mot de passe']);
  const inside = await person.submit(french, '/auth/v3/sign-in', { password: people.admin.password });
  expect([inside.status, languageOf(inside)]).toEqual([200, 'fr']);
  expect(languageOf(await person.open('/auth/account'))).toBe('fr');
  const out = await person.post('/auth/v3/sign-out', {});
  expect([out.heading, languageOf(out)]).toEqual(['Vous êtes déconnecté', 'fr']);
});

it('is that of the error pages of Auth API too, below which the reason stands in English', async () => {
  const person = stage.newPerson();
  await person.open('/auth/signed-out.html?language=ja');
  const page = await person.open('/auth/v3/oauth/authorize?client_id=nobody&response_type=code');
  expect([page.status, languageOf(page), page.heading]).toEqual([400, 'ja', 'この要求を完了できません']);
  expect(page.html).toContain('<p class="detail" lang="en" dir="ltr">The application that sent you here');
});

it('is that of every step of a check', async () => {
  const person = await stage.installationAdministrator();
  const path = `/auth/console/environments/${stage.environmentId}`;
  const environment = await person.open(`${path}?language=ar`);
  const check = await person.submit(environment, `${path}/check`);
  expect([check.status, languageOf(check)]).toEqual([200, 'ar']);
  expect(check.html).toMatch(/<p class="step-message">\u2068?127\.0\.0\.1\u2069? هو عنوان IP/);
  expect(check.html).not.toContain('<p class="step-message" lang="en"');
});

it('comes before what the application asks for, which comes before the browser', async () => {
  const person = stage.newPerson();
  const query = new URLSearchParams({ ui_locales: 'xx es-MX de' });
  expect(languageOf(await person.open(`/auth/device?${query}`))).toBe('es');
  await person.open('/auth/signed-out.html?language=ko');
  expect(languageOf(await person.open(`/auth/device?${query}`))).toBe('ko');
});
