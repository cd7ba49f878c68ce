/**
 * Colours of the report, by name. Charts use them as `var(--name)`, so that the page or the SVG file can set light or dark
 * ones. The colours of series are the palette of Okabe and Ito, which people with colour blindness can distinguish
 * (https://jfly.uni-koeln.de/color/).
 */
export type Theme = Readonly<Record<ColorName, string>>

export type ColorName =
  | 'paper'
  | 'ink'
  | 'faint'
  | 'grid'
  | 'idle'
  | 'blue'
  | 'sky'
  | 'green'
  | 'vermillion'
  | 'orange'
  | 'purple'

const series = {
  blue: '#0072b2',
  sky: '#56b4e9',
  green: '#009e73',
  vermillion: '#d55e00',
  orange: '#e69f00',
  purple: '#cc79a7',
}

export const light: Theme = {
  paper: '#ffffff',
  ink: '#1b1f24',
  faint: '#57606a',
  grid: '#dfe3e8',
  idle: '#ccd3da',
  ...series,
}

/** Blue is lighter than in the palette, because the original is hard to see on black. */
export const dark: Theme = {
  paper: '#14171a',
  ink: '#e8eaed',
  faint: '#a3adb8',
  grid: '#30363d',
  idle: '#4a525b',
  ...series,
  blue: '#2a8fd0',
}

/** The font of charts and page. Inter is embedded in the page, so that text has the same width everywhere. */
export const fontFamily = 'Inter, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

/** Returns a colour as a CSS variable, for use in a chart. */
export function color(name: ColorName): string {
  return `var(--${name})`
}

/** Returns CSS that sets the colour variables on `selector`, light or dark as the reader prefers. */
export function themeCss(selector: string): string {
  const rule = (theme: Theme) =>
    `${selector}{${Object.entries(theme)
      .map(([name, value]) => `--${name}:${value}`)
      .join(';')}}`
  return `${rule(light)}@media (prefers-color-scheme:dark){${rule(dark)}}`
}

/** Replaces the colour variables of an SVG by the colours of a theme, for programs without CSS variables. */
export function withColors(svg: string, theme: Theme): string {
  return svg.replace(/var\(--(\w+)\)/g, (whole, name) => theme[name as ColorName] ?? whole)
}
