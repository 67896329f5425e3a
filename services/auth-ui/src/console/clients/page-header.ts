/** Builds the header of the pages about one client: title, breadcrumbs and tabs. */
import type { ClientView } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { TextKey } from '../../texts/texts.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const clientsPath = `${consolePath}/clients`;
export const clientPath = (clientId: string) => `${clientsPath}/one/${encodeURIComponent(clientId)}`;

interface Tab {
  name: string;
  label: TextKey;
  /** Below the path of the client. */
  below: string;
  /** Leads to a change, which people who administer one contact centre may not make. */
  isChange?: boolean;
}

const tabs = [
  { name: 'overview', label: 'console.clients.overview', below: '' },
  { name: 'edit', label: 'console.clients.edit', below: '/edit', isChange: true },
  { name: 'secret', label: 'console.clients.secret', below: '/secret', isChange: true },
  { name: 'exchanges', label: 'console.clients.exchanges', below: '/exchanges' },
  { name: 'diagnosis', label: 'console.clients.diagnosis', below: '/diagnosis' },
  { name: 'audit', label: 'console.audit.title', below: '/audit' },
  { name: 'fields', label: 'console.clients.fields', below: '/fields' },
] as const satisfies readonly Tab[];

export type ClientTab = (typeof tabs)[number]['name'];
type Named = Pick<ClientView, 'client_id' | 'name'>;

/** The header of a page that is a tab. */
export function clientHeader(
  { text, rights }: ConsoleVisit,
  { client_id, name }: Named,
  current: ClientTab,
): Pick<ConsolePage, 'title' | 'breadcrumbs' | 'tabs'> {
  const shown = tabs
    .filter((tab: Tab) => rights.installation || !tab.isChange)
    .map((tab) => ({
      label: text(tab.label),
      href: `${clientPath(client_id)}${tab.below}`,
      isCurrent: tab.name === current,
    }));
  const list = { label: text('console.clients.title'), href: clientsPath };
  const title = shown.find(({ isCurrent }) => isCurrent)?.label ?? name;
  return current === 'overview'
    ? { title: name, breadcrumbs: [list], tabs: shown }
    : { title, breadcrumbs: clientBreadcrumbs({ text }, { client_id, name }), tabs: shown };
}

/** The breadcrumbs of a page below a client, such as a confirmation. */
export function clientBreadcrumbs({ text }: Pick<ConsoleVisit, 'text'>, { client_id, name }: Named) {
  return [
    { label: text('console.clients.title'), href: clientsPath },
    { label: name, href: clientPath(client_id) },
  ];
}
