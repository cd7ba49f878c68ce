/** What a terminal would obey: control characters but for newline and tab, and C1. */
const commands = /[^\P{Cc}\t\n]/gu

/** The same as JSON writes them, and backslashes that are none of these. */
const escaped = /\\\\|\\(?:u00(?:0[0-8b-f]|1[0-9a-f]|7f|[89][0-9a-f])|[bfr])/gi

/** JSON whose texts hold no control characters when they are read, but what they are called. */
export function harmlessJson(line: string): string {
  return harmless(line).replace(escaped, (found) => (found === '\\\\' ? found : `\\${found}`))
}

/** Text whose control characters are shown, not obeyed: `\x1b`. */
export function harmless(text: string): string {
  return text.replace(commands, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
