/** Names what others may use to bound attempts and work at the same time. */
export { addressGroup, addressNetwork } from './address-group.ts';
export {
  type Attempt,
  type AttemptCounter,
  AttemptRefused,
  createAttemptCounter,
} from './attempt-counter.ts';
export { type AttemptLimiter, createAddressLimiter, createAttemptLimiter } from './attempt-limiter.ts';
export { createSemaphore } from './semaphore.ts';
