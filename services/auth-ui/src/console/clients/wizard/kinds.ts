/** Defines the kinds of applications that the wizard knows: what each is asked, and the registration that results. */
import type { ClientInput } from '@gatehouse/contracts/resources';
import { z } from 'zod';
import { bodyOf, type Input, isPicked, pickedOf, type Typed } from '../../form/inputs.ts';
import type { ConsoleVisit } from '../../shell/shell.ts';
import { typedText } from '../../shell/typed.ts';
import { clientInputs } from '../edit-form.ts';

export const kinds = ['web', 'page', 'native', 'service', 'device', 'exchange', 'resource'] as const;
export type Kind = (typeof kinds)[number];

export type Question = 'redirects' | 'authorities' | 'exchange' | 'resources' | 'contactCenters' | 'scope';

const lines = typedText(400_000);

/** The state of the wizard: it travels in the forms, and nothing of it is secret. */
const answers = z.object({
  name: typedText(512),
  description: typedText(4000),
  client_id: typedText(128),
  /** Made up by the first review, so that a form that is sent twice registers one client. */
  madeUpId: typedText(128),
  redirectURIs: lines,
  postLogoutRedirectURIs: lines,
  authorities: lines,
  'tokenExchange.subjectClients': lines,
  'tokenExchange.audiences': lines,
  'tokenExchange.delegation': z.string().optional(),
  resources: lines,
  contactCenterIds: lines,
  scope: typedText(20_000),
});

export type Answers = z.infer<typeof answers>;

type Decided = 'clientType' | 'authorizedGrantTypes';
type Fixed = Pick<ClientInput, 'requirePkce'> & { [F in Decided]: NonNullable<ClientInput[F]> };

interface Description {
  questions: readonly Question[];
  /** The scope that the form suggests. */
  scope: string;
  /** The program to copy from, below `docs/start/quickstarts/`. */
  guide?: string;
  /** The fields that the kind decides, so that nobody is asked for them. */
  fixed: Fixed;
}

const signIn: Pick<Fixed, 'authorizedGrantTypes' | 'requirePkce'> = {
  authorizedGrantTypes: ['authorization_code', 'refresh_token'],
  requirePkce: true,
};
const signInScope = 'openid profile email';

export const descriptions: Readonly<Record<Kind, Description>> = {
  web: {
    questions: ['redirects', 'scope', 'contactCenters'],
    scope: signInScope,
    guide: 'web-application.md',
    fixed: { clientType: 'CONFIDENTIAL', ...signIn },
  },
  page: {
    questions: ['redirects', 'scope', 'contactCenters'],
    scope: signInScope,
    guide: 'single-page-application.md',
    fixed: { clientType: 'PUBLIC', ...signIn },
  },
  native: {
    questions: ['redirects', 'scope', 'contactCenters'],
    scope: signInScope,
    fixed: { clientType: 'PUBLIC', ...signIn },
  },
  service: {
    questions: ['authorities', 'scope', 'contactCenters'],
    // A service asks for what it needs, and nothing is right for all of them.
    scope: '',
    guide: 'api.md',
    fixed: { clientType: 'CONFIDENTIAL', authorizedGrantTypes: ['client_credentials'] },
  },
  device: {
    questions: ['scope', 'contactCenters'],
    scope: signInScope,
    fixed: {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    },
  },
  exchange: {
    questions: ['exchange', 'scope', 'contactCenters'],
    scope: '',
    guide: 'service-to-service.md',
    fixed: {
      clientType: 'CONFIDENTIAL',
      authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:token-exchange'],
    },
  },
  resource: {
    questions: ['resources', 'scope', 'contactCenters'],
    scope: '',
    guide: 'api.md',
    // Introspection asks for no grant; with this one the API can also call others.
    fixed: { clientType: 'CONFIDENTIAL', authorizedGrantTypes: ['client_credentials'] },
  },
};

const askedBy: Readonly<Record<Question, readonly string[]>> = {
  redirects: ['redirectURIs', 'postLogoutRedirectURIs'],
  authorities: ['authorities'],
  exchange: ['tokenExchange.subjectClients', 'tokenExchange.audiences', 'tokenExchange.delegation'],
  resources: ['resources'],
  scope: ['scope'],
  contactCenters: ['contactCenterIds'],
};

const among = (paths: readonly string[]): Input[] => clientInputs.filter(({ path }) => paths.includes(path));

export const inputsOf = (question: Question): Input[] => among(askedBy[question]);

export const nameInputs: readonly Input[] = among(['name', 'description']);

/** The sent fields; chosen values become lines, as they travel on. */
export const answersOf = (sent: Typed): Answers =>
  answers.parse({
    ...sent,
    ...Object.fromEntries(
      clientInputs.filter(isPicked).map((input) => [input.path, pickedOf(input, sent).join('\n')]),
    ),
  });

/** Makes the registration from the fields that the kind decides and the answers to its questions. */
export function registrationOf(visit: ConsoleVisit, kind: Kind, given: Answers): ClientInput {
  const { questions, fixed, scope } = descriptions[kind];
  const { name, description, ...answered } = bodyOf(
    visit,
    [...nameInputs, ...questions.flatMap(inputsOf)],
    given,
  );
  return {
    client_id: given.client_id || given.madeUpId,
    name: String(name),
    ...(description === '' ? {} : { description: String(description) }),
    ...fixed,
    scope: [scope],
    ...answered,
  };
}
