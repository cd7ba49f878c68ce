/** A field of a template: `{val_loss}`, or with a format `{val_loss:.2f}` or `{epoch:03d}`. */
const field = /\{([^{}:]*)(?::([^{}]*))?\}/g
const fixed = /^\.(\d{1,2})f$/
const padded = /^0?(\d{1,2})d$/

export interface NameOptions {
  /** True writes the name of each value before it: `val_loss=0.25`. @default true */
  autoInsertMetricName?: boolean
}

/** Checks the syntax of a template. @throws {RangeError} that shows the wrong part */
export function checkTemplate(template: string): void {
  const rest = template.replaceAll(field, (text, name: string, format?: string) => {
    if (name === '') throw new RangeError(`ModelCheckpoint: filename '${template}' has a field without a name: ${text}`)
    if (format !== undefined && !fixed.test(format) && !padded.test(format))
      throw new RangeError(
        `ModelCheckpoint: filename '${template}' has the format '${format}' in ${text}; use for example .2f or 03d`,
      )
    return ''
  })
  if (/[{}]/.test(rest))
    throw new RangeError(
      `ModelCheckpoint: filename '${template}' has a brace that is not part of a field such as {epoch}`,
    )
  if (template === '' || rest.includes('/') || rest.includes('\\'))
    throw new RangeError(`ModelCheckpoint: filename must be the name of a file without a folder, not '${template}'`)
}

/**
 * Returns the name of a file, without its extension. Path separators in names become `_`.
 *
 * @throws {Error} if there is no value for a field
 */
export function checkpointName(
  template: string,
  values: Readonly<Record<string, number>>,
  { autoInsertMetricName = true }: NameOptions = {},
): string {
  const text = template.replaceAll(field, (_text, name: string, format: string | undefined) => {
    const value = values[name]
    if (value === undefined)
      throw new Error(
        `ModelCheckpoint: filename '${template}' needs the metric '${name}'; there are: ${Object.keys(values).join(', ')}`,
      )
    return `${autoInsertMetricName ? `${name}=` : ''}${formatted(value, format)}`
  })
  return text.replaceAll(/[/\\]/g, '_')
}

function formatted(value: number, format = ''): string {
  const digits = fixed.exec(format)?.[1]
  if (digits !== undefined) return value.toFixed(Number(digits))
  const width = padded.exec(format)?.[1]
  return width === undefined ? `${value}` : `${Math.round(value)}`.padStart(Number(width), '0')
}
