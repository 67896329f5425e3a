/** Composes the first page of the console. */
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { TextKey } from '../../texts/texts.ts';
import { type Area, isFor } from '../shell/area.ts';
import { type ConsolePage, consoleView } from '../shell/pages.ts';
import type { Shell } from '../shell/shell.ts';

interface HomePage extends ConsolePage {
  links: { href: string; label: string; text: string; icon: string }[];
}

const homeView = consoleView<HomePage>('home/home');

export function composeHome({ shell, areas }: { shell: Shell; areas: () => readonly Area[] }): Area {
  return {
    path: '',
    audience: 'everybody',
    entry: { group: 'overview', label: 'console.home.title', icon: 'home' },
    async routes(pages: App) {
      pages.get('', { schema: { hide: true } }, async (request, reply) => {
        const visit = shell.begin(request, reply);
        const { text, person } = visit;
        const others = areas().filter(
          ({ path, audience, entry }) => path !== '' && entry !== undefined && isFor(audience, person),
        );
        return shell.show(visit, homeView, {
          title: text('console.home.title'),
          lead: text('console.home.lead'),
          links: others.map(({ path, entry }) => ({
            href: `${consolePath}${path}`,
            label: text(entry?.label as TextKey),
            text: text(entry?.label.replace(/\.title$/, '.summary') as TextKey),
            icon: entry?.icon ?? '',
          })),
        });
      });
    },
  };
}
