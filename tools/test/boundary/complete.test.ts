/** A route, grant, page, command or signal that is new has no row yet, and fails here. */
import { signalEvents } from '@gatehouse/contracts/resources';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGrants } from '../../../services/auth-api/src/oauth/token/grants/index.ts';
import { type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';
import { authApiTable } from './auth-api-table.ts';
import { authUiTable } from './auth-ui-table.ts';
import { commandsTable } from './commands-table.ts';
import { environmentApiTable } from './environment-api-table.ts';
import { grantsTable } from './grants-table.ts';
import { commandsOf, describedRoutes, routesOf } from './routes.ts';
import { differences } from './table.ts';

let stage: Stage;
beforeAll(async () => {
  // Every route that a setting offers.
  const served = { GATEHOUSE_OPENAPI_ENABLED: 'true' };
  stage = await startStage({ authApiEnv: served, environmentApiEnv: served });
});
afterAll(() => stage?.close());

const together = (...lists: string[][]): string[] => [...new Set(lists.flat())];

it('every route of Auth API has a row', () => {
  const { app, internalApp } = stage.authApi;
  const routes = together(routesOf(app), routesOf(internalApp), describedRoutes('auth-api'));
  expect(routes.length).toBeGreaterThan(100);
  expect(differences(authApiTable, routes)).toEqual([]);
});

it('every route of Environment API has a row', () => {
  const { app, internalApp } = stage.environmentApi;
  const routes = together(routesOf(app), routesOf(internalApp), describedRoutes('environment-api'));
  expect(routes.length).toBeGreaterThan(100);
  expect(differences(environmentApiTable, routes)).toEqual([]);
});

it('every page has a row', () => {
  const routes = routesOf(stage.authUi);
  expect(routes.length).toBeGreaterThan(150);
  expect(differences(authUiTable, routes)).toEqual([]);
});

it('every grant has a row', () => {
  // Only a call needs what a grant works with.
  const unused = { devices: {}, approvals: {} } as Parameters<typeof createGrants>[0];
  const grants = [...createGrants(unused).keys()];
  expect(grants.length).toBeGreaterThan(8);
  expect(differences(grantsTable, grants)).toEqual([]);
});

it('every command has a row', () => {
  const commands = commandsOf();
  expect(commands.length).toBeGreaterThan(80);
  expect(differences(commandsTable, commands)).toEqual([]);
});

it('a new name fails with what to do, and so does one that is gone', () => {
  expect(differences({ 'GET /gone': 'nobody' }, ['GET /new'])).toEqual([
    'GET /new has no row: say how another contact centre tries it, or why no person is concerned',
    'GET /gone does not exist any more: delete its row',
  ]);
  expect(signalEvents).toEqual(['session-revoked', 'credential-change']);
});
