/**
 * Which rank this process is: one table of launchers, and one reader of their environment variables, which `detectRank` and
 * `explainRank` share. Also the grammar of rank sets, and the key of a job.
 */
export { type DetectOptions, detectRank, type Explanation, explainRank, type LostLauncher } from './detect-rank.ts'
export { forkRank } from './fork-rank.ts'
export { type JobKey, jobKey } from './job-key.ts'
export { missingField, type OptionalField } from './missing-field.ts'
export type { ClusterLike } from './node-cluster.ts'
export { instanceRestarts } from './pm2.ts'
export type { RankInfo, ResolvedRank, UnknownRank } from './rank-info.ts'
export { isOneOf, parseRankSet, type RankSet, type RankSetInput } from './rank-set.ts'
export { resolveRank } from './resolve-rank.ts'
export { type TorchrunJob, torchrunEnv, withoutRank } from './torchrun-env.ts'
