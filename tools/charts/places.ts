/** Where the charts and the tool's own files are. */
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');

export const chartsFolder = path.join(repository, 'charts');

/** Ignored by git; may be deleted at any time. */
export const stateFolder = path.join(repository, '.gatehouse');

export const serviceCharts = ['auth-api', 'auth-ui', 'environment-api'] as const;

/** Installs all services in one release; it contains their charts. */
export const umbrellaChart = 'gatehouse';

export type ServiceChart = (typeof serviceCharts)[number];
