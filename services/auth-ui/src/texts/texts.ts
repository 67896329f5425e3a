/** Gives the texts of the pages in every language. English defines the keys; what another language lacks is shown in English. */
import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };

export type TextKey = keyof typeof en;

const catalogues = { en, de } satisfies Record<string, Partial<Record<TextKey, string>>>;

export type Language = keyof typeof catalogues;

export const languages = Object.keys(catalogues) as Language[];

/** Gives the text of a key; `{name}` in it is replaced by `values.name`. Plain text: escaping is the template's job. */
export type Text = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

export function textsIn(language: Language): Text {
  const catalogue: Record<TextKey, string> = { ...en, ...catalogues[language] };
  return (key, values) =>
    values === undefined
      ? catalogue[key]
      : catalogue[key].replace(/\{([a-zA-Z]+)\}/g, (placeholder, name: string) =>
          Object.hasOwn(values, name) ? String(values[name]) : placeholder,
        );
}

/** Whether a text exists under this key. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}
