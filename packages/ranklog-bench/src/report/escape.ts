import { oneLine } from 'pino-rank/sink'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Returns text for HTML and XML, in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

/**
 * Returns text for a line of Markdown, in a paragraph, a list, a heading or a table: no part of it is markup, HTML, a link that GitHub
 * finds by itself, or the start of a list.
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
 * Returns a copy of a value from JSON whose texts, names of fields included, are one line each and have no character that changes how
 * the text around it is read: control characters, marks of the direction of text, halves of surrogate pairs.
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

/** U+FFFE and U+FFFF are in no XML document, escaped or not. */
function cleanText(text: string): string {
  return oneLine(text).replace(/[\ufffe\uffff]/g, '\ufffd')
}
