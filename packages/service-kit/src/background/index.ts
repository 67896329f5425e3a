/** Names what others may use of work that repeats by itself. */
export { createDeliveryWorker } from './delivery-worker.ts';
export { createRepeatingWork } from './repeating-work.ts';
export { untilDone } from './until-done.ts';
