/** The address of an MLflow server in the pages, where a test has its own. */
export const mlflowUri = 'http://127.0.0.1:5000'

/** What a block of a README is run with, and what shows that it did what the page says. */
export interface Expected {
  /** Runs it as these ranks of a job of `worldSize`, one after the other. @default not launched */
  ranks?: readonly number[]
  worldSize?: number
  env?: NodeJS.ProcessEnv
  /** Code that is added at the end: what the reader's own program does there. In a JSON block, `json` is the block. */
  ending?: string
  /** Ends a command with SIGINT, as a reader does, as soon as its output matches. */
  until?: RegExp
  /** @default 0 */
  exit?: number | NodeJS.Signals
  /** stdout: a text that matches, or the records as `RANK MESSAGE`, in any order. */
  prints?: RegExp | readonly string[]
  /** stderr. @default nothing; of a command anything */
  reports?: RegExp
  /** Files that are there afterwards, by path (`*` in a name is any text), as for `prints`. `false`: none is there. */
  leaves?: Readonly<Record<string, RegExp | readonly string[] | false>>
  /** JSON: a file of records, or of JSON, with the same fields in the same order. */
  like?: string
  /** It sends this metric, and no other, to an MLflow server. The block gives {@link mlflowUri}. */
  mlflow?: string
}
