/**
 * What a terminal would obey: control characters, C1 included, without newline and tab; separators of lines and paragraphs; marks that
 * change the direction of text, so that it reads as another; halves of surrogate pairs, which no encoding has.
 */
const unsafe = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu

/** Returns text that is safe for a terminal: such characters become visible, e.g. `\x1b` and `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : jsonEscape(character)
  })
}

/** Does the same, and shows newlines as `\n`: for a text that must not begin a line. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n')
}

/** Returns JSON that is safe for a terminal, with the same meaning: JSON.stringify escapes only what is below U+0020. */
export function escapeJson(json: string): string {
  return json.replace(unsafe, jsonEscape)
}

function jsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Returns the text as one line that is safe for a terminal. Newlines in it are replaced by spaces. */
export function oneLine(text: string): string {
  return escapeControls(text.replace(/\s*\n\s*/g, ' '))
}
