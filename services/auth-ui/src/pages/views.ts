/** Defines the data that each page template needs. */
import type {
  approvalAnswers,
  consentAnswers,
  InteractionView,
  LogoutView,
  secondStepPaths,
} from '@gatehouse/contracts/auth-api';
import type { CodeKind } from '@gatehouse/contracts/values';
import type { AssetName } from '../design/assets.ts';
import type { Text } from '../texts/texts.ts';
import type { ApplicationLink } from './application-links.ts';
import type { Field } from './fields.ts';
import type { LanguageMenu } from './language-menu.ts';
import type { Message } from './message.ts';
import type { Picture, Theme } from './theme.ts';

/** Data of the layout of every page. */
export interface Surroundings {
  language: string;
  direction: 'ltr' | 'rtl';
  languageMenu: LanguageMenu | undefined;
  text: Text;
  asset: (name: AssetName) => string;
  scriptNonce: string;
  /** Pages of the application that waits. */
  applicationLinks: ApplicationLink[];
  applicationLogo: Picture | undefined;
  /** Undefined: the page looks as it always did. */
  theme: Theme | undefined;
}

export interface Page {
  title: string;
  message?: Message | undefined;
}

export interface FormPage extends Page {
  interaction?: InteractionView | undefined;
  fields: Field[];
  /** Name of the field where typing starts. */
  focus: string;
  /** The form asks for a password whatever the contact centre usually does. */
  usesPassword?: boolean;
}

export interface NamePage extends FormPage {
  /** Sent in a hidden field instead of being asked for. */
  fixedTenant?: string | undefined;
  /** Present where a passkey can sign in without a user name. */
  passkey?: PasskeyForm | undefined;
  script?: 'passkey.js' | undefined;
}

/** A page with password fields; the script adds a button to each that shows what was typed. */
export interface PasswordPage extends FormPage {
  script: 'show-password.js';
  userName: string;
  tenant: string;
  /** Name under which the form sends the user name. */
  userNameField: string;
}

export interface SignInPasswordPage extends PasswordPage {
  /** Present if the user may stay signed in on this device. */
  remember?: { name: string; isChosen: boolean } | undefined;
}

export interface ChangePasswordPage extends PasswordPage {
  lead: string;
  /** Where the person signs in first. */
  signIn: string | undefined;
}

export interface FirstPasswordPage extends FormPage {
  script: 'show-password.js';
  userName: string;
  tenant: string | undefined;
  code: string;
  codeField: string;
}

/** Without a form: the password is set, or the link is over. */
export interface FirstPasswordEndPage extends Page {
  lead: string;
  isGood: boolean;
}

export interface ConsentPage extends Page {
  /** The device that asks, if it is not this browser. */
  device: InteractionView['device'];
  lead: string;
  /** The sentence that says where the application is: names can be chosen by anybody. */
  address: string | undefined;
  /** Sentences about an application that nobody has registered. */
  stranger: string[];
  interaction: InteractionView | undefined;
  userName: string;
  /** Sentences, one for each thing that is asked for. */
  wishes: string[];
  /** Scope values without a sentence of their own. */
  names: string[];
  /** Single things that are asked for, each with what it consists of. */
  details: { wish: string; members: { name: string; value: string }[] }[];
  answers: typeof consentAnswers;
  /** The sentence below the form. */
  after: string;
}

/** A page that leads on to another site, by itself or by its link. */
export interface ElsewherePage extends Page {
  interaction?: InteractionView | undefined;
  href: string;
  /** The layout makes the browser go there. */
  forwardTo: string;
}

export interface SsoProblemPage extends Page {
  message: Message;
  interaction?: InteractionView | undefined;
  /** Starts again at the identity provider. */
  tryAgain: string;
  /** Own sign-in pages. */
  somebodyElse: string;
  withPassword: string;
}

export interface AccountSession {
  id: string;
  device: string;
  /** The session of the browser that shows the page. */
  isCurrent: boolean;
  facts: string[];
  /** Their names as a list; empty when there are none. */
  applications: string;
}

/** The parts that every page of the account area has. */
export interface AccountSurroundings {
  tabs: { label: string; href: string; isCurrent: boolean }[];
  /** Goes into each form. */
  csrf: { name: string; value: string };
}

export interface AccountPage extends Page, AccountSurroundings {
  personName: string;
  facts: { label: string; value: string }[];
}

export interface AccountSessionsPage extends Page, AccountSurroundings {
  sessions: AccountSession[];
  hasOthers: boolean;
}

export interface AllowedApplication {
  id: string;
  name: string;
  /** Sentences, one for each thing that was allowed. */
  wishes: string[];
  /** Scope values without a sentence of their own. */
  names: string[];
  since: string;
  /** When it was last used, where that is known. */
  used: string | undefined;
  /** Begins a sign-in there. */
  open: string | undefined;
  /** Asks before anything ends. */
  takeBack: string;
}

export interface AccountApplicationsPage extends Page, AccountSurroundings {
  applications: AllowedApplication[];
}

export interface AccountTakeBackPage extends Page, AccountSurroundings {
  application: AllowedApplication;
  cancel: string;
}

/** A factor that its person may remove. */
export interface OwnFactor {
  kind: 'totp' | 'passkeys';
  id: string;
  name: string;
  facts: string[];
  rename: string;
}

export interface AccountSecurityPage extends Page, AccountSurroundings {
  lead: string;
  /** Where the person signs in once more before a change. */
  confirm: string | undefined;
  mayChange: boolean;
  factors: OwnFactor[];
  /** How many are left; undefined: there is no factor that they belong to. */
  recoveryCodes: number | undefined;
  devices: { id: string; device: string; since: string }[];
  /** The newest change first. */
  history: { words: string; when: string }[];
  addsApp: boolean;
  /** For the script: JSON. */
  acceptedPasskeys: string | undefined;
  passkey?: PasskeyForm;
  script?: 'passkey.js';
}

export interface AccountSetUpPage extends FormPage, AccountSurroundings {
  heading: string;
  hidden: Record<string, string>;
  uri: string;
  picture: { size: number; path: string };
  groups: string[];
  action: string;
  back: string;
}

/** `heading` names the factor as it is called now. */
export interface AccountRenamePage extends FormPage, AccountSurroundings {
  heading: string;
  hidden: Record<string, string>;
  action: string;
  back: string;
}

/** Asks for a new sign-in in another window, and keeps the form. */
export interface AccountSignInAgainPage extends Page, AccountSurroundings {
  lead: string;
  signIn: { href: string; label: string };
  form: { action: string; hidden: Record<string, string>; submit: string } | undefined;
  back: { href: string; label: string };
}

export interface AccountCodesPage extends Page, AccountSurroundings {
  lead: string;
  owner: string;
  codes: readonly string[];
  download: string;
  done: string;
  script: 'recovery-codes.js';
}

/** A request that waits for the person's answer. */
export interface ApprovalCard {
  id: string;
  application: string;
  address: string | undefined;
  bindingMessage: string | undefined;
  wishes: string[];
  names: string[];
  times: string;
}

export interface ApprovalsPage extends Page {
  userName: string;
  approvals: ApprovalCard[];
  csrf: string;
  answers: typeof approvalAnswers;
  /** Where the script asks for the page again. */
  refreshFrom: string;
  hasUserCode: boolean;
  codeField: Field;
  script: 'approvals.js';
}

export type DevicePage = FormPage;

export interface DeviceDonePage extends Page {
  lead: string;
  isGood: boolean;
}

/** A form whose answer the script gets from the browser's passkeys. */
export interface PasskeyForm {
  action: string;
  /** Address of the options that the browser needs. */
  options: string;
  does: 'create' | 'get' | 'autofill';
  label: string;
  field?: Field;
  /** The sentence beside the box that makes this browser a remembered device. */
  remember?: string | undefined;
  /** The passkey that the browser has just offered does not count: its password manager may forget it. */
  isUnknown?: boolean;
}

/** The parts that every page of the second step has. */
export interface SecondStepPage extends FormPage {
  heading: string;
  lead: string;
  userName: string;
  csrf: string;
  /** Where its forms go. */
  paths: typeof secondStepPaths;
}

export interface SecondStepVerifyPage extends SecondStepPage {
  passkey?: PasskeyForm;
  /** Of the code in the field. */
  kind?: CodeKind;
  remember: string | undefined;
  others: { label: string; href: string }[];
  script?: 'passkey.js';
}

export interface SecondStepEnrolPage extends SecondStepPage {
  passkey: PasskeyForm | undefined;
  /** An app for codes may be added. */
  hasApp: boolean;
  /** The person may go on without a factor. */
  mayWait: boolean;
  script?: 'passkey.js';
}

export interface SecondStepSetUpPage extends SecondStepPage {
  id: string;
  uri: string;
  picture: { size: number; path: string };
  /** Of the key, to type it. */
  groups: string[];
  /** The page that lets the person choose again. */
  other: string;
  mayWait: boolean;
}

export interface SecondStepCodesPage extends SecondStepPage {
  /** The sentence above the codes on paper. */
  owner: string;
  codes: string[];
  download: string;
  script: 'recovery-codes.js';
}

export interface SecondStepBlockedPage extends SecondStepPage {
  /** For the administrator; absent where the message has it. */
  reference: string | undefined;
}

export interface SecondStepViews {
  'second-step/verify': SecondStepVerifyPage;
  'second-step/enrol': SecondStepEnrolPage;
  'second-step/set-up': SecondStepSetUpPage;
  'second-step/codes': SecondStepCodesPage;
  'second-step/blocked': SecondStepBlockedPage;
}

export interface FrontPage extends Page {
  issuer: string;
  environmentApi: string;
  canSignIn: boolean;
  playgroundUrl: string | undefined;
  documentationUrl: string | undefined;
}

export interface SignOutPage extends Page {
  lead: string;
  logout: LogoutView;
  userName: string | undefined;
}

export interface SignedOutPage extends Page {
  /** Logout addresses of applications, loaded in frames. */
  frames: string[];
  /** Where the browser goes when the frames are loaded. */
  continueTo?: string | undefined;
  script?: 'continue.js' | undefined;
}

/** Asks before a link signs the operator in to the console. */
export interface ConsoleOpenPage extends FormPage {
  /** The sentence about the person who is signed in to the console in this browser. */
  present: string | undefined;
  script: 'open-console.js';
}

export interface Views extends SecondStepViews {
  front: FrontPage;
  'sign-in-name': NamePage;
  'sign-in-password': SignInPasswordPage;
  'sign-in-elsewhere': ElsewherePage;
  'sso-problem': SsoProblemPage;
  'change-password': ChangePasswordPage;
  'first-password': FirstPasswordPage;
  'first-password-end': FirstPasswordEndPage;
  'console-open': ConsoleOpenPage;
  consent: ConsentPage;
  account: AccountPage;
  'account-security': AccountSecurityPage;
  'account-set-up': AccountSetUpPage;
  'account-rename': AccountRenamePage;
  'account-codes': AccountCodesPage;
  'account-sessions': AccountSessionsPage;
  'account-applications': AccountApplicationsPage;
  'account-take-back': AccountTakeBackPage;
  'account-language': Page & AccountSurroundings;
  'account-sign-in-again': AccountSignInAgainPage;
  'account-signed-in-again': Page & AccountSurroundings & { lead: string };
  approvals: ApprovalsPage;
  device: DevicePage;
  'device-done': DeviceDonePage;
  'signed-in': Page;
  'sign-out': SignOutPage;
  'signed-out': SignedOutPage;
}
