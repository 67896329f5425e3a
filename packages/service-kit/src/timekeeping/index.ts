/** Names what others may use of the clock that all replicas share. */
export { createStoreClock, type ServiceClock, trustedClock } from './store-clock.ts';
