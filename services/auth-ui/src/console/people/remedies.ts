/** Leads from the cause of a refused sign-in to what ends it: to its button, or to who can press it where this reader cannot. */
import type { SignInCause, SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { isOwnDirectory } from '@gatehouse/contracts/environment-api';
import type { TextKey } from '../../texts/texts.ts';
import { clientPath } from '../clients/page-header.ts';
import { offBoardingPath } from '../contact-centers/off-boarding-pages.ts';
import { secondFactorPath } from '../contact-centers/second-factor-form.ts';
import { environmentPath } from '../environments/page-header.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { StepsPage } from '../shell/steps.ts';
import { addressOf, centerAddress } from './names.ts';

interface Asked extends Pick<SignInExplanation, 'reason' | 'source' | 'findings'> {
  named: { user: string; contactCenter: string };
  environmentId: string;
}

type Offer = Pick<ConsolePage, 'actions'> & Pick<StepsPage, 'advice' | 'remedy'>;
type Remedy = (visit: ConsoleVisit, asked: Asked) => Offer;

/** Everybody above may do it as well. */
type Reach = 'help-desk' | 'administrator' | 'installation';

function reaches({ installation, lesser }: ConsoleVisit['rights'], by: Reach): boolean {
  if (by === 'installation') return installation;
  return lesser.length === 0 || lesser.some((right) => right === by);
}

const whoCan = ({ text }: ConsoleVisit, by: Reach): Offer => ({
  advice: text(`console.people.remedy.by.${by}`),
});

/** The shell shows the button to a lesser right that may look at its page. */
const button =
  (by: Reach, label: TextKey, href: (named: Asked['named']) => string): Remedy =>
  (visit, { named }) => ({
    ...(reaches(visit.rights, by) ? {} : whoCan(visit, by)),
    ...((by !== 'installation' || visit.rights.installation) && {
      actions: [{ label: visit.text(label), href: href(named), isMain: true }],
    }),
  });

/** People who are kept outside of Gatehouse are changed there. */
const atSource: Remedy = ({ text }, { source }) =>
  source === undefined || isOwnDirectory(source)
    ? {}
    : { advice: text(`console.people.source.${source}.lead`) };

const inStore =
  (remedy: Remedy): Remedy =>
  (visit, asked) =>
    (asked.source === undefined || isOwnDirectory(asked.source) ? remedy : atSource)(visit, asked);

const check: Remedy = (visit, { environmentId }) => {
  const { text, rights } = visit;
  if (!rights.installation) return whoCan(visit, 'installation');
  const path = environmentPath(environmentId);
  return {
    actions: [{ label: text('console.environments.environment'), href: path }],
    remedy: { label: text('console.environments.check'), action: `${path}/check` },
  };
};

/** Most applications serve several contact centres: `by` says whose administrators may look at this one. Nobody has registered some. */
const diagnosis =
  (by: Reach): Remedy =>
  (visit, asked) => {
    const decisive = asked.findings.find(({ reason }) => reason === asked.reason);
    const [clientId] = decisive?.sentences?.flatMap(({ parameters }) => parameters['clientId'] ?? []) ?? [];
    if (clientId === undefined) return {};
    const href = `${clientPath(String(clientId))}/diagnosis`;
    return button(by, 'console.clients.diagnosis', () => href)(visit, asked);
  };

/** The headline says who else ends it. */
const nobodyHere: Remedy = () => ({});

const unlock = button('help-desk', 'console.people.unlock', (named) => addressOf('unlock', named));
const passwordLink = inStore(
  button('help-desk', 'console.people.passwordLink', (named) => addressOf('password-link', named)),
);
const singleSignOn = button(
  'administrator',
  'console.singleSignOn.title',
  ({ contactCenter }) => `${contactCenterPath(contactCenter)}/single-sign-on`,
);

const remedies: Record<SignInCause, Remedy> = {
  contact_center_disabled: button(
    'administrator',
    'console.contactCenters.enable',
    ({ contactCenter }) => `${offBoardingPath(contactCenter)}/enable`,
  ),
  environment_missing: button(
    'installation',
    'console.people.remedy.environment',
    ({ contactCenter }) => `${contactCenterPath(contactCenter)}/edit`,
  ),
  no_servers: check,
  directory_away: check,
  person_unknown: inStore(
    button('administrator', 'console.people.add', ({ contactCenter }) =>
      centerAddress(contactCenter, '/add'),
    ),
  ),
  person_disabled: inStore(
    button('administrator', 'console.people.enable', (named) => addressOf('enable', named)),
  ),
  no_password: passwordLink,
  password_link_open: passwordLink,
  not_linked: button('administrator', 'console.people.links', (named) => addressOf('links', named)),
  second_factor_missing: button('help-desk', 'console.people.inviteFactor', (named) =>
    addressOf('invite', named),
  ),
  second_factor_impossible: button(
    'administrator',
    'console.contactCenters.secondFactor',
    ({ contactCenter }) => secondFactorPath(contactCenter),
  ),
  delayed: unlock,
  delayed_elsewhere: unlock,
  delayed_address: nobodyHere,
  directory_locked: atSource,
  account_expired: atSource,
  password_expired: nobodyHere,
  password_must_change: nobodyHere,
  too_many_sessions: nobodyHere,
  provider_refused: singleSignOn,
  single_sign_on_only: singleSignOn,
  request_refused: diagnosis('administrator'),
  consent_refused: diagnosis('installation'),
  authorization_refused: diagnosis('installation'),
  tenant_unknown: button('installation', 'console.people.contactCenter', ({ contactCenter }) =>
    contactCenterPath(contactCenter),
  ),
};

export function remedyOf(visit: ConsoleVisit, asked: Asked): Offer {
  return asked.reason === undefined ? {} : remedies[asked.reason](visit, asked);
}
