/** Returns what was thrown as one line of text, whatever it is; it throws nothing itself. */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  } catch {
    return 'a value that cannot be shown as text'
  }
}
