/** The control characters, C1 included, that a terminal would obey. Newline and tab stay. */
const controls = /[^\P{Cc}\t\n]/gu

/** Returns text that is safe for a terminal: control characters become visible, e.g. `\x1b`. */
export function escapeControls(text: string): string {
  return text.replace(controls, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
