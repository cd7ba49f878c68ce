const [tab, newline, carriageReturn, space, quote, openBrace] = [9, 10, 13, 32, 34, 123]

/**
 * Returns how many bytes of an incomplete line may be written. Text: all bytes, except those of an incomplete character
 * at the end. A record (`{"`): none, because half of a record is of no use to a reader.
 *
 * @param isContinued true if the beginning of this line is already written
 */
export function partialLength(line: Uint8Array, isContinued = false): number {
  if (!isContinued && isRecord(line)) return 0
  return line.length - incompleteLength(line)
}

/** Reports whether a line is, or may become, a JSON object. */
function isRecord(line: Uint8Array): boolean {
  if (line[0] !== openBrace) return false
  let at = 1
  while (isSpace(line[at])) at++
  return at === line.length || line[at] === quote
}

function isSpace(byte: number | undefined): boolean {
  return byte === space || byte === tab || byte === newline || byte === carriageReturn
}

/** Returns the length of an incomplete UTF-8 character at the end. 0 if the last character is complete, or not UTF-8. */
function incompleteLength(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length] as number
    if ((byte & 0xc0) === 0x80) continue // not the first of its character
    const needed = byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1
    return byte < 0xf8 && needed > length ? length : 0
  }
  return 0
}
