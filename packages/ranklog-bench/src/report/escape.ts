import { oneLine } from 'pino-rank/sink'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes text for HTML and XML, for use in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

/**
 * Escapes text for a line of Markdown, for use in a paragraph, list, heading or table. The result has no markup, no HTML, no
 * text that GitHub turns into a link, and no start of a list.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|~&$@#!]/g, '\\$&')
    .replaceAll('://', ':\\//')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
}

/**
 * Returns a copy of a value from JSON in which every text and every name of a field is one line. The copy has no characters
 * that could change how other text is shown: control characters, marks of text direction, single surrogates.
 */
export function cleanTexts<Value>(value: Value): Value {
  return clean(value) as Value
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [cleanText(name), clean(part)]))
}

/** Cleans a text. Replaces U+FFFE and U+FFFF too, because XML does not allow them, not even escaped. */
function cleanText(text: string): string {
  return oneLine(text).replace(/[\ufffe\uffff]/g, '\ufffd')
}
