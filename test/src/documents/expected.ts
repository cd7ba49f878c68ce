/** The address of an MLflow server in the pages. A test replaces it with the address of its own server. */
export const mlflowUri = 'http://127.0.0.1:5000'

/** A program that Node and npm do not bring. `npm run test:interop` installs them, and runs the blocks that name one. */
export type Tool = 'torchrun' | 'mpirun' | 'srun' | 'pm2' | 'tensorboard' | 'wandb'

/** How to run a block of a document, and the output and files that the page promises. */
export interface Expected {
  /** The block is run only where this program is installed. @default Node and npm are enough */
  needs?: Tool
  /** The ranks to run the block as, one after another, in a job of `worldSize`. @default without a launcher */
  ranks?: readonly number[]
  worldSize?: number
  env?: NodeJS.ProcessEnv
  /** Files and folders to delete first, because blocks above have written them too. */
  deletes?: readonly string[]
  /** Code to add at the end, in place of the reader's program. In a JSON block, the variable `json` is the block. */
  ending?: string
  /** Ends a command with SIGINT as soon as its output matches, or as soon as its files are as in `leaves`. */
  until?: RegExp | 'leaves'
  /** A path of the server whose address is the group of `until`, and its answer, which is awaited. */
  asks?: { path: string; answer: RegExp }
  /** A line that the reader's job appends to a file again and again, until the output matches. By the path of the file. */
  appends?: Readonly<Record<string, string>>
  /** The block starts a server at PORT, which gets requests until the files are as in `leaves`. */
  serves?: boolean
  /** The programs that the command starts run longer than the command. So `leaves` is awaited. */
  later?: boolean
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
