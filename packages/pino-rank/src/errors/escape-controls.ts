/**
 * Characters that are unsafe on a terminal: control characters (C1 too) except newline and tab; line and paragraph separators;
 * marks that change the direction of text; lone surrogates, which no encoding can represent.
 */
const unsafe = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu

/** Returns text that is safe for a terminal: unsafe characters become visible escapes, e.g. `\x1b` and `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : jsonEscape(character)
  })
}

/** Returns the text as {@link escapeControls} does, with newlines as `\n`. For text that must not start a new line. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n')
}

/** Returns JSON with the same meaning that is safe for a terminal. JSON.stringify itself escapes only what is below U+0020. */
export function escapeJson(json: string): string {
  return json.replace(unsafe, jsonEscape)
}

function jsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Returns the text as one line that is safe for a terminal. Newlines become spaces. */
export function oneLine(text: string): string {
  return escapeControls(text.replace(/\s*\n\s*/g, ' '))
}
