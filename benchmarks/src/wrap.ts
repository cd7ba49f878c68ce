/** Wraps a text at spaces and newlines into lines of at most `maxChars` characters. A longer word has a line of its own. */
export function wrap(text: string, maxChars: number): string[] {
  const lines = ['']
  for (const word of text.split(/[ \n]+/)) {
    const line = lines.at(-1) as string
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length > maxChars) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
