import Fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError, badRequest, notFound, tooManyRequests, unavailable } from '../../src/errors/app-error.ts';
import { htmlErrorHandler } from '../../src/errors/render-html.ts';

const errors: Record<string, AppError> = {
  missing: notFound('There is no such sign-out'),
  refused: badRequest('The application "<b>" is not known'),
  often: tooManyRequests(5),
  down: unavailable('Redis'),
  busy: new AppError('temporarily_unavailable', 503, 'It goes on here in 3 seconds', {
    retryAfterSeconds: 3,
    comesBackByItself: true,
  }),
};
const app = Fastify();

beforeAll(async () => {
  app.setErrorHandler(htmlErrorHandler);
  app.get('/:name', async (request) => {
    throw errors[(request.params as { name: string }).name];
  });
  await app.ready();
});
afterAll(() => app.close());

const get = (url: string, headers: Record<string, string>) => app.inject({ url, headers });

it.each([
  ['missing', 'Diese Seite gibt es nicht'],
  ['often', 'Zu viele Versuche'],
  ['down', 'Die Anmeldung ist gerade nicht verfügbar'],
  ['busy', 'Hier geht es von selbst weiter. (in 3 Sekunden)'],
])('the page of %s speaks the language of the browser', async (name, words) => {
  const page = await get(`/${name}`, { 'accept-language': 'de' });
  expect(page.headers).toMatchObject({ 'content-language': 'de', vary: 'accept-language, cookie' });
  expect(page.body).toContain('<html lang="de">');
  expect(page.body).toContain(words);
  expect(page.body).toContain('Referenz: <code>');
  expect(page.body).not.toContain(errors[name]?.message);
});

it('reads right to left in Arabic, with the English part from left to right', async () => {
  const { body } = await get('/refused', { 'accept-language': 'ar' });
  expect(body).toContain('<html lang="ar" dir="rtl">');
  expect(body).toContain('<p class="detail" lang="en" dir="ltr">');
});

it('what the caller did wrong stands below in English, for those who build the application', async () => {
  const { body } = await get('/refused', { 'accept-language': 'de' });
  expect(body).toContain('Diese Anfrage kann nicht ausgeführt werden');
  expect(body).toContain(
    '<p class="detail" lang="en" dir="ltr">The application &quot;&lt;b&gt;&quot; is not known</p>',
  );
});

it('English says it once', async () => {
  const { body } = await get('/refused', { 'accept-language': 'en' });
  expect(body).toContain('<p class="text">The application &quot;&lt;b&gt;&quot; is not known</p>');
  expect(body).not.toContain('class="detail"');
});

it('the language that the person chose comes first, then that of the application', async () => {
  const asked = await get('/missing?ui_locales=de', { 'accept-language': 'en' });
  const chosen = await get('/missing?ui_locales=en', { cookie: '__Host-gatehouse-language=de' });
  expect([asked, chosen].map(({ headers }) => headers['content-language'])).toEqual(['de', 'de']);
});
