/** For programs that start ranks: the environment variables that make a process one rank of a job. */

export { type TorchrunJob, torchrunEnv, withoutRank } from './rank/index.ts'
