/** Knows which pages of the console a lesser right of a contact centre opens: a page shows no link and no button to others. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { type LesserRight, rightsOf, type Session } from '../../oauth-session/session.ts';
import { isFor, type ListedArea } from './navigation.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Lesser rights that may do what this page does, though it changes something. */
    lesser?: readonly LesserRight[];
    /** It asks the APIs for what only an administrator may ask, though it has no form. */
    isForAdministrators?: boolean;
  }
}

interface Route {
  pattern: RegExp;
  parameters: number;
  area: ListedArea;
  /** An address that takes a form. Its page leads to a change. */
  isChange: boolean;
  lesser: readonly LesserRight[];
}

export type RouteRights = ReturnType<typeof createRouteRights>;

export function createRouteRights() {
  const routes = new Map<string, Route>();

  function find(path: string): Route | undefined {
    const exact = routes.get(path);
    if (exact !== undefined) return exact;
    return [...routes.values()]
      .filter(({ pattern }) => pattern.test(path))
      .sort((one, other) => one.parameters - other.parameters)[0];
  }

  function opens(person: Session, route: Route): boolean {
    if (!isFor(route.area, person)) return false;
    const { lesser } = rightsOf(person);
    return lesser.length === 0 || !route.isChange || lesser.some((right) => route.lesser.includes(right));
  }

  return {
    /** Learns the routes that are registered in the scope from now on. */
    learn(pages: App, area: ListedArea): void {
      pages.addHook('onRoute', ({ method, url, config }) => {
        const isChange = [method].flat().includes('POST') || config?.isForAdministrators === true;
        const known = routes.get(url);
        const parameters = url.match(/:\w+/g) ?? [];
        routes.set(url, {
          pattern: new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`),
          parameters: parameters.length,
          area,
          isChange: isChange || known?.isChange === true,
          lesser: config?.lesser ?? known?.lesser ?? [],
        });
      });
    },
    /** `url`: of a route. One that nobody has learnt is for administrators. */
    mayOpen(person: Session, url: string): boolean {
      const route = routes.get(url);
      return route !== undefined && opens(person, route);
    },
    /** The page without what leads to a refusal. Administrators see all of it. */
    permitted<Page extends object>(person: Session, page: Page): Page {
      if (rightsOf(person).lesser.length === 0) return page;
      const isOpen = (href: string) => {
        const route = find(href.split(/[?#]/, 1)[0] ?? '');
        return route === undefined ? !href.startsWith(`${consolePath}/`) : opens(person, route);
      };
      return pruned(page, isOpen) as Page;
    },
  };
}

/** Without links that are refused, and forms whose address is. A cell or a fact keeps its text. */
function pruned(part: unknown, isOpen: (href: string) => boolean): unknown {
  if (Array.isArray(part))
    return part.filter((one) => !isRefusedLink(one, isOpen)).map((one) => pruned(one, isOpen));
  if (typeof part !== 'object' || part === null || part instanceof Date || part instanceof Map) return part;
  const entries = Object.entries(part).filter(([name, value]) => {
    if (name === 'href' || name === 'clear') return typeof value !== 'string' || isOpen(value);
    return !isRefusedForm(value, isOpen) && !isRefusedLink(value, isOpen);
  });
  return Object.fromEntries(entries.map(([name, value]) => [name, pruned(value, isOpen)]));
}

function isRefusedLink(one: unknown, isOpen: (href: string) => boolean): boolean {
  if (typeof one !== 'object' || one === null) return false;
  const { href, label, text, value } = one as Record<'href' | 'label' | 'text' | 'value', unknown>;
  // The text beside a label explains a link of a menu; without a label it is that of a cell.
  const isCell = label === undefined && text !== undefined;
  return typeof href === 'string' && !isCell && value === undefined && !isOpen(href);
}

function isRefusedForm(value: unknown, isOpen: (href: string) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { action } = value as { action?: unknown };
  return typeof action === 'string' && !isOpen(action);
}
