/** How an administrator of another contact centre attacks by the program `gatehouse`. */
import { type Ask, noPerson, type Table } from './table.ts';

/** Each row is a list of command lines; words are apart by a bar, because names have spaces. */
const lines = (...texts: string[]): Ask[] => texts.map((text) => ({ form: { line: text } }));
const endingOwn = (ask: Ask): Ask => ({ ...ask, endsOwn: true });
/** Two APIs are asked at once, and the refusal that comes first is told. */
const mayBeEither = (ask: Ask): Ask => ({ ...ask, mayDiffer: 'either of two refusals is told' });

const same = (ask: Ask): Ask => ask;

const there = '--contact-center|{contactCenterId}';
const here = '--contact-center|{ownId}';
const named = (command: string) =>
  lines(`${command}|{userName}|${there}`, `${command}|{sub}`, `${command}|{userName}|${here}`);
const cc = '--cc|{contactCenterId}';

export const commandsTable: Table = {
  'people search': lines(
    `people|search|{userName}|${there}`,
    `people|search|{userName}|${here}`,
    'people|search|{userName}|--all',
  ),
  'people list': lines(`people|list|${there}`),
  'people show': lines(`people|show|{userName}|${there}`),
  'people create': lines(`people|create|--user-name|taken|${there}`),
  'people update': lines(`people|update|{userName}|--last-name|Taken|${there}`),
  'people delete': lines(`people|delete|{userName}|${there}`),
  'people erase': lines(
    `people|erase|{userName}|${there}|--yes`,
    `people|erase|{userName}|${there}|--dry-run`,
    `people|erase|{userName}|${here}|--dry-run`,
  ).map((ask) => ({ ...ask, mayDiffer: 'attempts under the name in the own trail are counted' })),
  'people disable': lines(`people|disable|{userName}|${there}`),
  'people enable': lines(`people|enable|{userName}|${there}`),
  'people password-link': lines(`people|password-link|{userName}|${there}`),
  'people links': lines(`people|links|{userName}|${there}`),
  'people link': lines(
    `people|link|{userName}|--protocol|oidc|--issuer|https://idp.example|--subject|taken|${there}`,
  ),
  'people unlink': lines(`people|unlink|{userName}|{sub}|${there}`),
  'people profile': named('people|profile'),
  'people explain': named('people|explain'),
  'people unlock': [...named('people|unlock'), ...lines(`people|unlock|--search|{userName}|${there}`)],
  'people factors': named('people|factors'),
  'people reset-factors': named('people|reset-factors|--reason|taken').map(endingOwn),
  'people invite': named('people|invite|--reason|taken').map((ask) => ({
    ...ask,
    mayDiffer: 'each invitation has another code',
  })),
  'people forget-browsers': named('people|forget-browsers'),
  'sessions list': named('sessions|list'),
  'sessions end': [...named('sessions|end'), ...lines(`sessions|end|{userName}|${here}|--session|{sid}`)].map(
    endingOwn,
  ),
  revoke: lines(
    `revoke|--user|{userName}|${there}`,
    'revoke|--user|{sub}',
    'revoke|--client|{clientId}',
    `revoke|${there}`,
  ).map(endingOwn),
  'administrators list': lines('administrators|list', `administrators|list|${there}`),
  'administrators add': lines(
    `administrators|add|{userName}|${there}`,
    `administrators|add|{userName}|${there}|--right|auditor`,
  ),
  'administrators remove': lines('administrators|remove|{sub}', `administrators|remove|{sub}|${there}`),
  'administrators appoint': lines(`administrators|appoint|yes|${there}`),
  'audit search': lines(
    'audit|search|--user|{userName}',
    'audit|search|--user|{domain}\\{userName}',
    'audit|search|--by|{userName}',
    `audit|search|${there}`,
    'audit|search|--client|{clientId}',
  ),
  'audit refused': lines('audit|refused', 'audit|refused|--client|{clientId}'),
  'audit tail': lines(`audit|tail|${there}`),
  'audit changes': lines(
    `audit|changes|${cc}`,
    'audit|changes',
    'audit|changes|--actor|{domain}\\{userName}',
    'audit|changes|--entity|client|--entity-id|{clientId}',
  ),
  'audit export': lines(`audit|export|--trail|auth|${there}`),
  'audit erase': lines('audit|erase|{userName}', 'audit|erase|{sub}'),
  overview: lines(`overview|${there}`),
  'clients list': lines('clients|list', `clients|list|${cc}`, 'clients|list|--search|{clientId}'),
  'cc list': lines('cc|list', 'cc|list|--domain|{domain}', 'cc|list|--environment|{environmentId}'),
  'cc update': lines(
    'cc|update|{contactCenterId}|--name|taken',
    'cc|update|{ownId}|--domains|{ownDomain},{domain}',
    'cc|update|{contactCenterId}|--second-factor-mode|required|--dry-run',
  ),
  'sso test': lines(`sso|test|${there}|--user|{userName}`),
  'keys validate': 'reads the key from a file and asks POST /api-keys/validate, which is walked',
  ...Object.fromEntries(
    ['show', 'rotate-secret', 'diagnose', 'exchanges', 'ends', 'delete'].map((step) => [
      `clients ${step}`,
      lines(`clients|${step}|{clientId}`).map(step === 'ends' ? mayBeEither : same),
    ]),
  ),
  'cc subjects': lines(
    'cc|subjects|{contactCenterId}',
    'cc|subjects|{contactCenterId}|--scope|contactCenter',
  ).map(mayBeEither),
  'clients update': lines('clients|update|{clientId}|--name|taken'),
  ...Object.fromEntries(
    ['show', 'ends', 'factors', 'delete'].map((step) => [
      `cc ${step}`,
      lines(`cc|${step}|{contactCenterId}`).map(step === 'ends' ? mayBeEither : same),
    ]),
  ),
  'settings list': lines(`settings|list|${cc}`),
  'settings set': lines(`settings|set|x-hideTenant|true|${cc}`),
  'settings delete': lines(`settings|delete|x-hideTenant|${cc}`),
  'branding show': lines(`branding|show|${cc}`),
  'branding set': lines(`branding|set|--name|taken|${cc}`),
  'branding logo': lines(`branding|logo|--remove|${cc}`),
  'branding delete': lines(`branding|delete|${cc}`),
  'cors list': lines(`cors|list|${cc}`),
  'cors add': lines(`cors|add|https://x.test|${cc}`),
  'cors remove': lines(`cors|remove|https://x.test|${cc}`),
  'keys list': lines(`keys|list|${cc}`),
  'keys create': lines(`keys|create|taken|${cc}`),
  'keys rotate': lines(`keys|rotate|{keyId}|${cc}`),
  'keys delete': lines(`keys|delete|{keyId}|${cc}`, 'keys|delete|{keyId}|--cc|{ownId}'),
  'sso show': lines(`sso|show|${there}`),
  'sso set oidc': lines(`sso|set|oidc|--issuer|https://idp.other.test|--client-id|other|${there}`),
  ...Object.fromEntries(
    ['enable', 'disable'].flatMap((step) =>
      ['saml', 'oidc'].map((protocol) => [
        `sso ${step} ${protocol}`,
        lines(`sso|${step}|${protocol}|${there}`),
      ]),
    ),
  ),
  ...noPerson(
    'reads files and calls routes that are walked',
    'people import',
    'sso set saml',
    'clients apply',
  ),
  ...noPerson(
    'belongs to the installation: a contact centre is refused whatever it names',
    ...[
      'clients create',
      'cc create',
      'apply',
      'export',
      'import',
      'check',
      'console open',
      'doctor',
      'alerts show',
      'alerts test',
    ],
    ...['list', 'show', 'create', 'update', 'delete', 'add-server', 'update-server', 'remove-server'].map(
      (step) => `env ${step}`,
    ),
    ...['list', 'declare', 'withdraw'].map((step) => `locations ${step}`),
    ...['list', 'restore', 'forget'].map((step) => `deleted ${step}`),
    ...['retention', 'verify', 'reship'].map((step) => `audit ${step}`),
    ...['list-keys', 'prepare-key', 'activate-key'].map((step) => `sso ${step}`),
    ...['list-keys', 'rotate-keys', 'import-key', 'retire-key', 'remove-key'],
    ...['list', 'show', 'add', 'update', 'remove', 'test'].map((step) => `signals ${step}`),
  ),
  ...noPerson(
    'talks to a Configuration Server with its own account',
    ...['ping', 'read', 'authenticate', 'watch'].map((step) => `config-server ${step}`),
  ),
  ...noPerson(
    'calls nobody',
    ...['add', 'list', 'use', 'remove'].map((step) => `profile ${step}`),
    ...['completion', '__complete', 'settings describe'],
  ),
};
