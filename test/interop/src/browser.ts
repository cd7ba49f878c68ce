import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch, type Page } from 'puppeteer-core'

/** Where pictures for the READMEs go. */
export const pictures: string = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url))

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** The path of a browser; undefined: there is none. */
export function browser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** Opens an empty page of this size in pixels, and closes the browser when `use` is done with it. */
export async function withPage<Value>(
  width: number,
  height: number,
  use: (page: Page) => Promise<Value>,
): Promise<Value> {
  const chromium = await launch({
    executablePath: browser() as string,
    args: ['--no-sandbox', '--hide-scrollbars'],
    defaultViewport: { width, height },
  })
  try {
    return await use(await chromium.newPage())
  } finally {
    await chromium.close()
  }
}

/** A picture of a page, or of one element of it, once `shown` is there; the page is 1200 × 800. */
export async function picture(url: string, file: string, shown: string, element: string = shown): Promise<void> {
  await withPage(1200, 800, async (page) => {
    await page.goto(url)
    await page.waitForSelector(shown, { visible: true })
    await (await page.$(element))?.screenshot({ path: file as `${string}.png` })
  })
}
