/** Names what others may use of the choice between servers. */
export { EpochGuard } from './epoch-guard.ts';
export { RefusedAccount } from './refused-account.ts';
export { WarmStandby } from './warm-standby.ts';
