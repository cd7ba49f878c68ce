/** Runs ranklog-bench with options in JSON. Sends each event, and then the result or the error. */
import { runContention, type SuiteOptions } from 'ranklog-bench'

const options: SuiteOptions = JSON.parse(process.argv[2] as string)
try {
  const result = await runContention(options, {
    onPlan: (totalMs, cells) => process.send?.({ plan: { totalMs, cells } }),
    onCell: (text, doneMs, totalMs) => process.send?.({ cell: { text, doneMs, totalMs } }),
    signal: new AbortController().signal,
  })
  process.send?.({ result }, () => process.disconnect())
} catch (error) {
  process.send?.({ error: (error as Error).message }, () => process.disconnect())
}
