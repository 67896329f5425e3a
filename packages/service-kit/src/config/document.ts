/** Writes the reference of a configuration for people. */
import { type Configuration, listSettings, type NamedSetting } from './configuration.ts';

/** A Markdown table: variable, key of the configuration file, default, meaning. */
export function documentConfiguration(configuration: Configuration): string {
  const rows = listSettings(configuration.settings).map(documentSetting);
  return ['| variable | key | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function documentSetting({ path, setting }: NamedSetting): string {
  const example = setting.example ? ` Example: \`${setting.example}\`.` : '';
  const cells = [
    `\`${setting.env}\``,
    `\`${path.join('.')}\``,
    defaultOf(setting.schema),
    `${setting.doc}${example}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(schema: NamedSetting['setting']['schema']): string {
  const result = schema.safeParse(undefined);
  if (!result.success) return '**required**';
  if (result.data === undefined) return 'none';
  return `\`${typeof result.data === 'string' ? result.data : JSON.stringify(result.data)}\``;
}
