/** Every page of the console and of the account: the checks and the pictures are made of each. One line adds a page. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { TableStage } from './table-stage.ts';

export interface ListedPage {
  /** Of its pictures. */
  name: string;
  path: string | ((stage: TableStage) => string);
  /** The page is the answer to a form: fills in the form at `path`, which is then sent. */
  fill?: (page: Page, stage: TableStage) => Promise<void>;
  status?: number;
  /** Has the parts of another page of the table: only `npm run test:pages` looks at it. */
  isVariant?: boolean;
}

const base = '/auth/console';
const environment = ({ environmentId }: TableStage) => `${base}/environments/${environmentId}`;
const center = ({ centerId }: TableStage) => `${base}/contact-centers/${centerId}`;
const managed = ({ managedId }: TableStage) => `${base}/contact-centers/${managedId}`;
const client = `${base}/clients/one/gateway`;
const person = (step: string) => (stage: TableStage) =>
  `${base}/people/${step}?user=agent&contactCenter=${stage.centerId}`;
/** In the people store, which the console may change. */
const stored = (step: string) => (stage: TableStage) =>
  `${base}/people/${step}?user=mira&contactCenter=${stage.storedId}`;
const branding = (step: string) => (stage: TableStage) =>
  `${base}/branding/${step}?cc=${stage.centerId}&location=%2F`;
const nothing = async () => undefined;

/** So that a page may be asked for again, a name is used once. */
let count = 0;
let codec = 'opus';
const newName = (name: string) => `${name} ${++count}`;

/** For an installation administrator. */
export const listedPages: ListedPage[] = [
  { name: 'console-home', path: base },
  { name: 'console-alerts-test', path: `${base}/alerts/test`, isVariant: true },
  { name: 'console-deleted', path: `${base}/deleted` },
  { name: 'console-environments', path: `${base}/environments` },
  { name: 'console-environment-new', path: `${base}/environments/new`, isVariant: true },
  { name: 'console-environment-new-ldap', path: `${base}/environments/new?directory=ldap`, isVariant: true },
  {
    name: 'console-environment-refused',
    path: `${base}/environments/new?directory=configServer`,
    fill: nothing,
    status: 400,
  },
  { name: 'console-environment', path: environment },
  { name: 'console-environment-change', path: (stage) => `${environment(stage)}/change`, isVariant: true },
  {
    name: 'console-environment-server',
    path: (stage) => `${environment(stage)}/servers/new`,
    isVariant: true,
  },
  { name: 'console-environment-delete', path: (stage) => `${environment(stage)}/delete`, isVariant: true },
  { name: 'console-environment-checked', path: environment, fill: nothing },
  { name: 'console-centers', path: `${base}/contact-centers` },
  { name: 'console-centers-none', path: `${base}/contact-centers?search=nothing-like-it` },
  { name: 'console-center-new', path: `${base}/contact-centers/create`, isVariant: true },
  { name: 'console-center', path: center },
  { name: 'console-center-edit', path: (stage) => `${center(stage)}/edit` },
  { name: 'console-center-managed', path: (stage) => `${managed(stage)}/edit` },
  {
    name: 'console-center-managed-refused',
    path: (stage) => `${managed(stage)}/edit`,
    fill: async (page) => {
      await page.fill('[name="name"]', 'By hand');
    },
    status: 409,
    isVariant: true,
  },
  { name: 'console-center-managed-settings', path: (stage) => `${managed(stage)}/settings`, isVariant: true },
  {
    name: 'console-center-managed-setting-delete',
    path: (stage) => `${managed(stage)}/settings/delete?name=x-harbour-codec&location=%2F`,
    isVariant: true,
  },
  { name: 'console-center-second-factor', path: (stage) => `${center(stage)}/second-factor` },
  {
    name: 'console-center-second-factor-edit',
    path: (stage) => `${center(stage)}/second-factor/edit`,
    isVariant: true,
  },
  {
    name: 'console-center-second-factor-stricter',
    path: (stage) => `${center(stage)}/second-factor/edit`,
    fill: async (page) => {
      await page.selectOption('[name="secondFactor.mode"]', 'required');
    },
    isVariant: true,
  },
  { name: 'console-center-settings', path: (stage) => `${center(stage)}/settings`, isVariant: true },
  { name: 'console-center-settings-there', path: (stage) => `${center(stage)}/settings?location=%2FEUC1` },
  { name: 'console-center-setting-add', path: (stage) => `${center(stage)}/settings/add`, isVariant: true },
  {
    name: 'console-center-setting-set',
    path: (stage) => `${center(stage)}/settings/add?name=password-link-hours&location=%2F`,
    isVariant: true,
  },
  {
    name: 'console-center-setting-rename',
    path: (stage) => `${center(stage)}/settings/rename?name=cors-origin&location=%2F`,
    isVariant: true,
  },
  {
    name: 'console-center-setting-change',
    path: (stage) => `${center(stage)}/settings/change?name=x-queue.announcement&location=%2F`,
    isVariant: true,
  },
  {
    name: 'console-center-setting-delete',
    path: (stage) => `${center(stage)}/settings/delete?name=x-queue.announcement&location=%2F`,
    isVariant: true,
  },
  { name: 'console-center-sso', path: (stage) => `${center(stage)}/single-sign-on` },
  { name: 'console-center-sso-add', path: (stage) => `${center(stage)}/single-sign-on/add`, isVariant: true },
  {
    name: 'console-center-sso-saml',
    path: (stage) => `${center(stage)}/single-sign-on/set-up?protocol=saml`,
  },
  {
    name: 'console-center-sso-oidc',
    path: (stage) => `${center(stage)}/single-sign-on/set-up?protocol=oidc`,
    isVariant: true,
  },
  {
    name: 'console-center-sso-enable',
    path: (stage) => `${center(stage)}/single-sign-on/enable?protocol=oidc`,
    isVariant: true,
  },
  {
    name: 'console-center-sso-delete',
    path: (stage) => `${center(stage)}/single-sign-on/delete?protocol=oidc`,
    isVariant: true,
  },
  {
    name: 'console-center-sso-settings',
    path: (stage) => `${center(stage)}/single-sign-on/settings?protocol=oidc`,
    isVariant: true,
  },
  {
    name: 'console-center-sso-trial',
    path: (stage) => `${center(stage)}/single-sign-on/trial?protocol=oidc`,
    isVariant: true,
  },
  { name: 'console-center-origins', path: (stage) => `${center(stage)}/origins`, isVariant: true },
  { name: 'console-center-origin-add', path: (stage) => `${center(stage)}/origins/add`, isVariant: true },
  {
    name: 'console-center-origin-refused',
    path: (stage) => `${center(stage)}/origins/add`,
    fill: (page) => page.fill('[name=origin]', 'https://desk.example.com/path'),
    status: 400,
  },
  {
    name: 'console-center-origin-remove',
    path: (stage) => `${center(stage)}/origins/remove?origin=https%3A%2F%2Fdesk.example.com`,
    isVariant: true,
  },
  { name: 'console-center-api-keys', path: (stage) => `${center(stage)}/api-keys` },
  { name: 'console-center-api-key-new', path: (stage) => `${center(stage)}/api-keys/create` },
  {
    name: 'console-center-api-key-shown',
    path: (stage) => `${center(stage)}/api-keys/create`,
    fill: (page) => page.fill('[name=name]', newName('Wallboard')),
  },
  {
    name: 'console-center-api-key-rotate',
    path: (stage) => `${center(stage)}/api-keys/rotate?keyId=${stage.apiKeyId}`,
    isVariant: true,
  },
  {
    name: 'console-center-api-key-delete',
    path: (stage) => `${center(stage)}/api-keys/delete?keyId=${stage.apiKeyId}`,
    isVariant: true,
  },
  { name: 'console-center-audit', path: (stage) => `${center(stage)}/audit`, isVariant: true },
  { name: 'console-center-off-boarding', path: (stage) => `${center(stage)}/off-boarding` },
  {
    name: 'console-center-disable',
    path: (stage) => `${center(stage)}/off-boarding/disable`,
    isVariant: true,
  },
  { name: 'console-center-delete', path: (stage) => `${center(stage)}/off-boarding/delete`, isVariant: true },
  { name: 'console-settings', path: `${base}/settings`, isVariant: true },
  {
    name: 'console-setting-conflict',
    path: `${base}/settings/change?name=x-voice.codec&location=%2F`,
    fill: async (page, { write }) => {
      await page.fill('[name=value]', 'opus, g722');
      codec = codec === 'g729' ? 'g711' : 'g729';
      await write('POST', '/settings', { name: 'x-voice.codec', value: codec, location: '/' });
    },
    status: 412,
  },
  { name: 'console-setting-add', path: `${base}/settings/add`, isVariant: true },
  { name: 'console-branding', path: `${base}/branding` },
  {
    name: 'console-branding-places',
    path: ({ centerId }) => `${base}/branding/places?cc=${centerId}`,
    isVariant: true,
  },
  { name: 'console-branding-edit', path: branding('edit') },
  {
    name: 'console-branding-refused',
    path: branding('edit'),
    fill: (page) => page.fill('[name="colors.accent"]', '#ffcc00'),
    status: 400,
  },
  { name: 'console-branding-logo', path: branding('logo') },
  { name: 'console-branding-preview', path: (stage) => `${branding('preview')(stage)}&kind=password` },
  { name: 'console-branding-delete', path: branding('delete'), isVariant: true },
  { name: 'console-locations', path: `${base}/locations`, isVariant: true },
  { name: 'console-location-declare', path: `${base}/locations/declare`, isVariant: true },
  {
    name: 'console-location-withdraw',
    path: `${base}/locations/withdraw?location=%2FUSW1%2FDC2`,
    isVariant: true,
  },
  { name: 'console-clients', path: `${base}/clients` },
  { name: 'console-clients-none', path: `${base}/clients?search=nothing-like-it`, isVariant: true },
  { name: 'console-client', path: client },
  { name: 'console-client-change', path: `${client}/edit` },
  { name: 'console-client-secret', path: `${client}/secret`, isVariant: true },
  { name: 'console-client-secret-shown', path: `${client}/secret`, fill: nothing },
  { name: 'console-client-exchanges', path: `${client}/exchanges` },
  { name: 'console-client-diagnosis', path: `${client}/diagnosis` },
  { name: 'console-client-audit', path: `${client}/audit`, isVariant: true },
  { name: 'console-client-fields', path: `${client}/fields`, isVariant: true },
  { name: 'console-client-delete', path: `${client}/delete`, isVariant: true },
  { name: 'console-client-new', path: `${base}/clients/new` },
  { name: 'console-client-new-web', path: `${base}/clients/new/web` },
  {
    name: 'console-client-review',
    path: `${base}/clients/new/web`,
    fill: async (page) => {
      await page.fill('[name=name]', 'Supervisor desk');
      await page.fill('[name=redirectURIs]', 'https://desk.example.com/callback');
    },
  },
  { name: 'console-client-new-exchange', path: `${base}/clients/new/exchange`, isVariant: true },
  { name: 'console-people-choose', path: `${base}/people`, isVariant: true },
  {
    name: 'console-people',
    path: (stage) => `${base}/people?contactCenter=${stage.centerId}`,
    isVariant: true,
  },
  { name: 'console-person', path: person('person'), isVariant: true },
  { name: 'console-person-explanation', path: person('explanation') },
  { name: 'console-person-end-session', path: ({ endSessionPath }) => endSessionPath, isVariant: true },
  { name: 'console-person-end-sessions', path: person('end-sessions'), isVariant: true },
  { name: 'console-person-factors', path: person('factors') },
  { name: 'console-person-reset-factors', path: person('reset-factors') },
  { name: 'console-person-invite', path: person('invite'), isVariant: true },
  { name: 'console-person-unlock', path: person('unlock'), isVariant: true },
  { name: 'console-person-stored', path: stored('person') },
  { name: 'console-person-change', path: stored('change'), isVariant: true },
  { name: 'console-person-links', path: stored('links') },
  { name: 'console-person-link', path: stored('link') },
  {
    name: 'console-person-audit',
    path: ({ storedId, storedPersonId }) => `${base}/people/audit/${storedId}/${storedPersonId}`,
  },
  {
    name: 'console-person-add',
    path: ({ storedId }) => `${base}/people/add?contactCenter=${storedId}`,
  },
  {
    name: 'console-people-stored',
    path: ({ storedId }) => `${base}/people?contactCenter=${storedId}`,
  },
  {
    name: 'console-people-import',
    path: ({ storedId }) => `${base}/people/import?contactCenter=${storedId}`,
  },
  {
    name: 'console-people-preview',
    path: ({ storedId }) => `${base}/people/import?contactCenter=${storedId}`,
    fill: async (page) => {
      await page.fill('[name=document]', 'userName,firstName\nada,Ada');
      await page.selectOption('[name=missing]', 'delete');
    },
  },
  { name: 'console-person-delete', path: stored('delete'), isVariant: true },
  { name: 'console-person-erase', path: stored('erase') },
  {
    name: 'console-person-erase-refused',
    path: stored('erase'),
    fill: nothing,
    status: 400,
    isVariant: true,
  },
  {
    name: 'console-person-erase-gone',
    path: ({ storedId }) => `${base}/people/erase-gone?contactCenter=${storedId}`,
    isVariant: true,
  },
  { name: 'console-person-disable', path: stored('disable'), isVariant: true },
  { name: 'console-person-password-link', path: stored('password-link'), isVariant: true },
  { name: 'console-person-password-link-shown', path: stored('password-link'), fill: nothing },
  { name: 'console-keys', path: `${base}/keys` },
  { name: 'console-keys-rotate', path: `${base}/keys/rotate`, isVariant: true },
  { name: 'console-keys-import', path: `${base}/keys/import`, isVariant: true },
  { name: 'console-key-retire', path: ({ retireKeyPath }) => retireKeyPath, isVariant: true },
  { name: 'console-key-remove', path: ({ removeKeyPath }) => removeKeyPath, isVariant: true },
  { name: 'console-audit', path: `${base}/audit` },
  { name: 'console-audit-failures', path: `${base}/audit?outcome=failure`, isVariant: true },
  { name: 'console-audit-none', path: `${base}/audit?user=nobody-like-this`, isVariant: true },
  { name: 'console-audit-changes', path: `${base}/audit?kind=configuration`, isVariant: true },
  { name: 'console-audit-refused', path: `${base}/audit/refused` },
  { name: 'console-audit-request', path: ({ requestPath }) => requestPath },
  { name: 'console-audit-chains', path: `${base}/audit/chains`, isVariant: true },
  { name: 'console-audit-retention', path: `${base}/audit/retention`, isVariant: true },
  {
    name: 'console-audit-verified',
    path: `${base}/audit/chains?from=${new Date().toISOString().slice(0, 10)}`,
  },
  { name: 'console-runbooks', path: `${base}/runbooks` },
  { name: 'console-signals', path: `${base}/signal-receivers` },
  { name: 'console-signals-add', path: `${base}/signal-receivers/add` },
  {
    name: 'console-signals-refused',
    path: `${base}/signal-receivers/add`,
    fill: nothing,
    status: 400,
    isVariant: true,
  },
  { name: 'console-signal', path: ({ signalPath }) => signalPath, isVariant: true },
  { name: 'console-signal-change', path: ({ signalPath }) => `${signalPath}/change` },
  { name: 'console-signal-test', path: ({ signalPath }) => `${signalPath}/test`, isVariant: true },
  { name: 'console-signal-tested', path: ({ signalPath }) => `${signalPath}/test`, fill: nothing },
  { name: 'console-signal-delete', path: ({ signalPath }) => `${signalPath}/delete`, isVariant: true },
  { name: 'console-administrators', path: `${base}/administrators`, isVariant: true },
  { name: 'console-administrator-add', path: `${base}/administrators/add`, isVariant: true },
  {
    name: 'console-administrator-remove',
    path: ({ sub }) => `${base}/administrators/remove?sub=${encodeURIComponent(sub)}`,
    isVariant: true,
  },
  { name: 'console-transfer', path: `${base}/transfer`, isVariant: true },
  { name: 'console-transfer-import', path: `${base}/transfer/import` },
  {
    name: 'console-transfer-preview',
    path: `${base}/transfer/import`,
    fill: async (page, { publicUrl }) => {
      const answer = await page.context().request.get(`${publicUrl}${base}/transfer/export.json`);
      const estate = await answer.json();
      estate.contactCenters[0].name = 'Renamed by import';
      await page.fill('[name=document]', JSON.stringify(estate));
    },
  },
  { name: 'console-open', path: `${base}/open` },
  { name: 'console-not-found', path: `${base}/nothing-here`, status: 404 },
];

/** Page, two styles, script and icon; a logo. */
export const consoleLimits = { requests: 6, bytes: 80 * 1024 };

/** A browser in which an installation administrator is signed in. */
export async function openAsPerson(
  browser: Browser,
  { person: administrator, publicUrl }: Pick<TableStage, 'person' | 'publicUrl'>,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const cookies = [...administrator.cookies].map(([name, value]) => ({ name, value, url: publicUrl }));
  await context.addCookies(cookies);
  return context;
}

/** Opens the page, and sends its form where that is meant; the answer is that of the page which is then shown. */
export async function visit(page: Page, { path, fill }: ListedPage, stage: TableStage) {
  const response = await page.goto(stage.publicUrl + (typeof path === 'string' ? path : path(stage)));
  if (fill === undefined) return response;
  await fill(page, stage);
  const [answer] = await Promise.all([
    page.waitForResponse((one) => one.request().isNavigationRequest() && one.request().method() === 'POST'),
    page
      .locator('main form[method=post] button[type=submit]:not([aria-hidden], [formaction])')
      .first()
      .click(),
  ]);
  await page.waitForLoadState();
  return answer;
}
