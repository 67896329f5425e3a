/** Describes an area of the console: its place, and its pages. */
import type { App } from '@gatehouse/service-kit/http';
import type { ListedArea } from './navigation.ts';
import type { Shell } from './shell.ts';

export interface Area extends ListedArea {
  routes(pages: App, shell: Shell): unknown;
}
