/** Writes people and groups of a domain as changes in LDIF (RFC 2849), as an administrator would make them. */
import { domainDn, realm } from './samba-server.ts';

export const peopleDn = `OU=people,${domainDn}`;
const groupsDn = `OU=groups,${domainDn}`;
export const bindAccount = { name: `gatehouse@${realm}`, password: 'Bind-Account-Of-The-Run-1' };
export const password = 'Correct-Horse-1';

export const personDn = (name: string) => `CN=${name},${peopleDn}`;

/** [MS-ADTS] 3.1.1.3.1.5: in quotation marks, UTF-16. */
const unicode = (text: string) => Buffer.from(`"${text}"`, 'utf16le').toString('base64');

const normalAccount = 512;
export const disabledAccount = 514;
/** Of 100 ns since 1601: a day of 2020. */
const longAgo = '132223104000000000';

function unit(name: string): string {
  return `dn: OU=${name},${domainDn}\nchangetype: add\nobjectClass: organizationalUnit\nou: ${name}\n`;
}

function account(
  dn: string,
  name: string,
  secret: string,
  more: Record<string, string | number> = {},
): string {
  const attributes = {
    objectClass: 'user',
    sAMAccountName: name,
    userPrincipalName: `${name}@${realm}`,
    givenName: 'Given',
    sn: 'Surname',
    mail: `${name}@example.test`,
    userAccountControl: normalAccount,
    ...more,
  };
  const lines = Object.entries(attributes).map(([attribute, value]) => `${attribute}: ${value}`);
  return [`dn: ${dn}`, 'changetype: add', ...lines, `unicodePwd:: ${unicode(secret)}`, ''].join('\n');
}

function group(name: string, ...members: string[]): string {
  return groupAt(groupDn(name), name, members);
}

function groupAt(dn: string, name: string, members: readonly string[]): string {
  const head = `dn: ${dn}\nchangetype: add\nobjectClass: group\nsAMAccountName: ${name}\n`;
  return `${head}${members.map((member) => `member: ${member}\n`).join('')}`;
}

/** Where the environment looks for no groups. */
const outsideDn = `CN=Outside,${peopleDn}`;
const groupDn = (name: string) => `CN=${name},${groupsDn}`;

export const lockedAfter = 2;

/** Locks accounts; passwords may be changed at once, which by default they may a day later. */
const domainRules = `dn: ${domainDn}
changetype: modify
replace: lockoutThreshold
lockoutThreshold: ${lockedAfter}
-
replace: minPwdAge
minPwdAge: 0
-
replace: minPwdLength
minPwdLength: 10
`;

export function domainLdif(): string {
  const plain = ['anna', 'moves', 'locked', 'changes', 'leaves', 'removed', 'reset'];
  return [
    domainRules,
    unit('people'),
    unit('groups'),
    unit('elsewhere').replace(`,${domainDn}`, `,${peopleDn}`),
    account(`CN=gatehouse,CN=Users,${domainDn}`, 'gatehouse', bindAccount.password),
    ...plain.map((name) => account(personDn(name), name, password)),
    account(personDn('off'), 'off', password, { userAccountControl: disabledAccount }),
    account(personDn('must'), 'must', password, { pwdLastSet: 0 }),
    account(personDn('over'), 'over', password, { accountExpires: longAgo }),
    group('Team', personDn('anna')),
    group('Department', groupDn('Team')),
    group('Supervisors', groupDn('Department')),
    groupAt(outsideDn, 'Outside', [personDn('anna')]),
    group('Beyond', outsideDn),
    group('Closed', groupDn('Beyond')),
    group('Former', personDn('anna')),
  ].join('\n');
}

/** More than the size limits of our searches. */
export const crowd = Array.from({ length: 600 }, (_person, index) => `crowd-${index}`);
const groupsOfOne = 2_000;
const membersOfOneGroup = 3_000;

/** A person in 2 000 groups, the first of which is in another one, and a group of 3 000 people. */
export function crowdLdif(): string {
  const names = Array.from({ length: groupsOfOne - 1 }, (_group, index) => `wide-${index}`);
  const others = Array.from({ length: membersOfOneGroup - crowd.length }, (_, index) => `other-${index}`);
  return [
    ...crowd.map((name) => account(personDn(name), name, password)),
    ...others.map((name) => withoutPassword(personDn(name), name)),
    account(personDn('wide'), 'wide', password),
    ...names.map((name) => group(name, personDn('wide'))),
    group('Above', groupDn('wide-0')),
    group('Everybody', ...[...crowd, ...others].map(personDn)),
  ].join('\n');
}

/** Disabled, as Active Directory makes an account without a password. */
function withoutPassword(dn: string, name: string): string {
  return `dn: ${dn}\nchangetype: add\nobjectClass: user\nsAMAccountName: ${name}\n`;
}

export const changed = (name: string, attribute: string, value: string | number) =>
  `dn: ${personDn(name)}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n`;

export const passwordReset = (name: string, secret: string) =>
  `dn: ${personDn(name)}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: ${unicode(secret)}\n`;

/** Beyond and Closed are in each other. */
export const groupsInACircle = `dn: ${groupDn('Beyond')}
changetype: modify
add: member
member: ${groupDn('Closed')}
`;

export const groupRenamed = (name: string, newName: string) =>
  `dn: ${groupDn(name)}\nchangetype: modrdn\nnewrdn: CN=${newName}\ndeleteoldrdn: 1\n`;

export const groupRemoved = (name: string) => `dn: ${groupDn(name)}\nchangetype: delete\n`;

export const removed = (name: string) => `dn: ${personDn(name)}\nchangetype: delete\n`;

export const movedElsewhere = (name: string) =>
  `dn: ${personDn(name)}\nchangetype: modrdn\nnewrdn: CN=${name}\ndeleteoldrdn: 1\nnewsuperior: OU=elsewhere,${peopleDn}\n`;
