/** Names what others may use of readiness, diagnosis, problems and the check of a release. */
export { advisoryCheck } from './advisory-check.ts';
export { diagnose, examine, type Probe, saidAs, type Verdict, worst } from './diagnosis.ts';
export { createHeartbeat, type Replica } from './heartbeat.ts';
export {
  listedBeforeMs,
  orderEndings,
  orderProblems,
  problemsOfDeletions,
  problemsOfEndings,
} from './overview.ts';
export { certificatesProbe, namesProbe } from './places.ts';
export { createProblemWatch, type ProblemWatch } from './problem-watch.ts';
export { createReadiness, type ReadinessCheck } from './readiness.ts';
export { type Ask, askForToken, createAsk, type ReleasePlaces } from './release-check.ts';
