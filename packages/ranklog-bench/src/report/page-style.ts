import type { FontFile } from './fonts.ts'
import { fontFamily, themeCss } from './theme.ts'

/** Returns the CSS of the page. The font is embedded. */
export function pageStyle(fonts: readonly FontFile[]): string {
  return `${fonts.map(fontFace).join('')}${themeCss(':root')}${rules}`
}

function fontFace({ weight, bytes }: FontFile): string {
  const data = Buffer.from(bytes).toString('base64')
  return `@font-face{font-family:Inter;font-weight:${weight};src:url(data:font/woff2;base64,${data}) format("woff2")}`
}

const rules = `
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:400 16px/1.55 ${fontFamily}}
main{max-width:1040px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:30px;line-height:1.2;font-weight:600;letter-spacing:-.01em;margin:0 0 4px}
h2{font-size:22px;font-weight:600;margin:56px 0 12px;padding-top:20px;border-top:1px solid var(--grid)}
h3{font-size:16px;font-weight:600;margin:28px 0 8px}
p{margin:8px 0}
li{margin:4px 0}
.faint{color:var(--faint);font-size:14px}
.answer{margin:24px 0;padding:12px 20px;border-left:4px solid var(--blue);background:color-mix(in srgb,var(--blue) 7%,var(--paper));font-size:17px}
figure{margin:28px 0 48px}
figure h3{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}
figure .scroll{border:1px solid var(--grid);border-radius:8px}
figure svg{display:block;height:auto;max-width:100%;margin:0 auto}
figcaption{margin-top:8px;padding-left:16px;border-left:3px solid var(--grid)}
.scroll{overflow-x:auto}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
table{border-collapse:collapse;font-size:14px;line-height:1.4;font-variant-numeric:tabular-nums}
th,td{padding:5px 14px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid)}
th{font-weight:600;color:var(--faint);vertical-align:bottom}
.number{text-align:right}
.number,.short{white-space:nowrap}
details{margin:12px 0}
summary{cursor:pointer;font-weight:600}
details .scroll{margin-top:8px}
@media (max-width:640px){main{padding:20px 14px 40px}figure svg{min-width:720px;max-width:none}h1{font-size:24px}}
@media print{details{display:block}.scroll{overflow:visible}figure{break-inside:avoid}}
`
