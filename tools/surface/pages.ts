/** Reads what the pages of the reference promise: commands, settings, events, metrics. Programs write these pages. */
import type { Fields } from './fields.ts';

/** Each thing with its fields. */
export type Things = Record<string, Fields>;

/** docs/reference/cli.md: each command with its arguments and options; what every command takes is that of `gatehouse`. */
export function commandsOf(page: string): Things {
  const commands: Things = { gatehouse: optionsOf(page.split('\n## ')[1] ?? '') };
  for (const part of page.split(/^###? /m)) {
    const usage = /^`gatehouse ([^`]*)`$/m.exec(part)?.[1];
    if (usage === undefined) continue;
    const words = usage.replace(' [options]', '').split(' ');
    const name = words.filter((word) => !/^[<[]/.test(word)).join(' ');
    const given = words.filter((word) => /^[<[]/.test(word));
    // Arguments count by their place, whatever they are called.
    const places = given.map((word, index) => [
      `argument ${index + 1}`,
      word.startsWith('<') ? 'required text' : 'text',
    ]);
    commands[name] = { ...Object.fromEntries(places), ...optionsOf(part) };
  }
  return commands;
}

function optionsOf(part: string): Fields {
  return Object.fromEntries(
    [...part.matchAll(/^\| `(?:-\w, )?(--[\w-]+)(?: (\S+))?` \|/gm)].map(([, name = '', value]) => [
      name,
      value === undefined ? 'flag' : 'value',
    ]),
  );
}

/** docs/reference/configuration.md: the variables of each service with their keys of the configuration file. */
export function variablesOf(page: string): Things {
  const services = page.split(/^## /m).filter((part) => /^[\w-]+\n\n\| variable \| key/.test(part));
  return Object.fromEntries(
    services.map((part) => [
      part.slice(0, part.indexOf('\n')),
      Object.fromEntries(
        [...part.matchAll(/^\| `(\w+)` \| `([\w.]+)` \| (\S+)/gm)].map(([, variable = '', key, value]) => [
          variable,
          `${value === '**required**' ? 'required ' : ''}${key}`,
        ]),
      ),
    ]),
  );
}

/** docs/reference/settings.md */
export const settingsOf = (page: string): Things =>
  Object.fromEntries([...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => [name, {}]));

/** docs/reference/audit-events.md */
export function eventsOf(page: string): Things {
  return Object.fromEntries(
    [...page.matchAll(/^\| ([a-z_]+) \| .* \| [a-z, ]+ \| (.*) \|$/gm)].map(([, name, fields = '']) => [
      name,
      Object.fromEntries([...fields.matchAll(/(?:^|; )`(\w+)`: /g)].map(([, field]) => [field, 'any'])),
    ]),
  );
}

/** docs/reference/metrics.md */
export function metricsOf(page: string): Things {
  return Object.fromEntries(
    [...page.matchAll(/^\| `([a-z_]+)` \| (\w+) \| ([^|]*) \|/gm)].map(([, name, kind = '', labels = '']) => [
      name,
      {
        '': kind,
        ...Object.fromEntries([...labels.matchAll(/`(\w+)`/g)].map(([, label]) => [label, 'any'])),
      },
    ]),
  );
}
