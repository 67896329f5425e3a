/** Names what others may use of self-contained pages and their languages. */
export { brandOf } from './brand.ts';
export { directionOf, type Language, languageOf, languages } from './language.ts';
export { addressBefore, languageLinksOf, languageNames } from './language-links.ts';
export { escapeHtml, renderStandalonePage } from './standalone-page.ts';
