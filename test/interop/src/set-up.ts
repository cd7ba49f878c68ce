// Makes what the suite needs. Where it cannot be had, says so: then the tests skip.
import { makeBrowser } from './browser.ts'
import { makeEnvironment } from './python.ts'

for (const missing of [makeEnvironment(), makeBrowser()]) if (missing) console.log(`interop: skipped: ${missing}`)
