/** A YAML value. NaN and infinities are numbers. */
export type YamlValue = null | boolean | number | string | readonly YamlValue[] | { readonly [key: string]: YamlValue }

/**
 * Returns a mapping as block YAML that every reader of YAML 1.1 or 1.2, such as PyYAML, loads as the same keys and values.
 * Strings are in double quotes. So is a key that a reader could take for anything but a string.
 */
export function yamlOf(entries: Iterable<readonly [key: string, value: YamlValue]>): string {
  let text = ''
  for (const [key, value] of entries) text += `${keyOf(key)}: ${flow(value)}\n`
  return text || '{}\n'
}

/** Words that YAML 1.1 reads as a boolean or as null, in any mix of cases. */
const reserved = /^(?:y|yes|n|no|on|off|true|false|null)$/i

/** Maximum length of a key without `?`. Readers search for its `:` only within 1024 characters. */
const maxPlainKey = 1000

function keyOf(key: string): string {
  if (/^[A-Za-z_][\w./-]*$/.test(key) && key.length < maxPlainKey && !reserved.test(key)) return key
  const text = quote(key)
  return text.length < maxPlainKey ? text : `? ${text}\n`
}

function flow(value: YamlValue): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return numberOf(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  const entries = Object.entries(value as { [key: string]: YamlValue })
  return `{${entries.map(([key, inner]) => `? ${quote(key)} : ${flow(inner)}`).join(', ')}}`
}

/** Returns a number as YAML. YAML 1.1 reads a number with an exponent as a string unless it has a point and a signed exponent. */
function numberOf(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  if (Object.is(value, -0)) return '-0.0'
  return String(value).replace(/^(-?\d+)e/, '$1.0e')
}

/** Matches characters that need an escape in double quotes: all but visible characters and the space. */
const escaped = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["\\]/gu

function quote(text: string): string {
  return `"${text.replace(escaped, escapeOf)}"`
}

function escapeOf(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  if (/\p{Surrogate}/u.test(character)) return '\\ufffd' // half of a surrogate pair, for which a reader may refuse the whole file
  const code = (character.codePointAt(0) as number).toString(16)
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
}
