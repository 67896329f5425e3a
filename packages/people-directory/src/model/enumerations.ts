/** Names the numbers of the object model's enumerations. Other numbers are valid too. */

/** CfgFlag: not a boolean. 0 means unset, 1 false, 2 true. */
export const CfgFlag = { unset: 0, false: 1, true: 2 } as const;

export const CfgObjectState = { none: 0, enabled: 1, disabled: 2, deleted: 3 } as const;

/** CfgObjectType: the types that this product reads or serves. */
export const CfgObjectType = {
  person: 3,
  place: 4,
  agentGroup: 5,
  placeGroup: 6,
  tenant: 7,
  application: 9,
  skill: 13,
  agentLogin: 15,
  accessGroup: 21,
  folder: 22,
  role: 43,
  personLastLogin: 44,
} as const;

export const CfgAccessGroupType = {
  none: 0,
  default: 1,
  users: 2,
  administrators: 3,
  superAdministrators: 4,
  system: 5,
  everyone: 6,
} as const;

export const CfgRank = {
  noRank: 0,
  user: 1,
  designer: 2,
  tenantAdministrator: 3,
  serviceAdministrator: 4,
  superAdministrator: 5,
} as const;

export const CfgOperationalMode = { none: 0, full: 1, readOnly: 2 } as const;

/** CfgAppType: the types that concern an authentication service. */
export const CfgAppType = {
  unknown: 0,
  sce: 19,
  configurationServer: 21,
  thirdPartyServer: 23,
  genericServer: 107,
} as const;

/** True for CfgFlag 2 only; 0, 1 and an absent flag are false. */
export function flagIsSet(flag: number | undefined | null): boolean {
  return flag === CfgFlag.true;
}

export function toFlag(value: boolean): 1 | 2 {
  return value ? CfgFlag.true : CfgFlag.false;
}
