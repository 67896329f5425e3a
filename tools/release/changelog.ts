/** Reads the section of a release out of CHANGELOG.md. */

export interface Change {
  /** In the words of Keep a Changelog, which are those of Artifact Hub too. */
  kind: string;
  /** The first sentence, without links. */
  description: string;
}

/** The text below the heading. @throws Error that says what is missing */
export function sectionOf(changelog: string, name: string): string {
  const parts = changelog.split(/^## \[/m).slice(1);
  const found = parts.find((part) => part.startsWith(`${name}]`));
  if (found === undefined)
    throw new Error(`CHANGELOG.md has no section [${name}]: name the section [Unreleased] after the version`);
  return found.slice(found.indexOf('\n') + 1).trim();
}

export function changesOf(section: string): Change[] {
  return section.split(/^### /m).flatMap((part) => {
    const [heading = '', ...lines] = part.split('\n');
    return lines
      .join('\n')
      .split(/^- /m)
      .slice(1)
      .map((entry) => ({ kind: heading.trim().toLowerCase(), description: firstSentence(entry) }));
  });
}

function firstSentence(entry: string): string {
  const text = entry
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return /^.*?[.:](?= [A-Z`]|$)/.exec(text)?.[0] ?? text;
}
