/** The address of an MLflow server in the pages. A test replaces it with the address of its own server. */
export const mlflowUri = 'http://127.0.0.1:5000'

/** How to run a block of a README, and the output and files that the page promises. */
export interface Expected {
  /** The ranks to run the block as, one after another, in a job of `worldSize`. @default without a launcher */
  ranks?: readonly number[]
  worldSize?: number
  env?: NodeJS.ProcessEnv
  /** Code to add at the end, in place of the reader's program. In a JSON block, the variable `json` is the block. */
  ending?: string
  /** Ends a command with SIGINT as soon as its output matches. */
  until?: RegExp
  /** @default 0 */
  exit?: number | NodeJS.Signals
  /** stdout: a pattern, or its records as `RANK MESSAGE` in any order. */
  prints?: RegExp | readonly string[]
  /** stderr. @default nothing for a program, anything for a command */
  reports?: RegExp
  /** Files that exist afterwards, by path (`*` is any text in a name), with content as in `prints`. `false`: none exists. */
  leaves?: Readonly<Record<string, RegExp | readonly string[] | false>>
  /** For JSON: a file whose records, or whose document, have the same fields in the same order. */
  like?: string
  /** The only metric that the block sends to an MLflow server, whose address in the block is {@link mlflowUri}. */
  mlflow?: string
}
