import { count, type Launcher, type Read } from './launcher.ts'

const defaultVariable = 'NODE_APP_INSTANCE'

/**
 * Returns the variable that has an instance's number: NODE_APP_INSTANCE, or what PM2_PROCESS_INSTANCE_VAR of PM2's daemon or
 * `instance_var` of the app names (lib/God.js, `injectVariables`). With a second variable, `instances`, the number counts on from
 * there.
 *
 * `pm2 reload NAME` and `pm2 restart NAME` forget `instance_var`, and `pm2 scale` then counts NODE_APP_INSTANCE from 0 again. The
 * renamed variable stays, and a new instance has that of the first.
 */
function numberVariables(read: Read): readonly string[] {
  const ofDaemon = read('PM2_PROCESS_INSTANCE_VAR')
  if (ofDaemon !== undefined && read(ofDaemon) !== undefined) return [ofDaemon]
  const named = read('instance_var') ?? defaultVariable
  if (named !== defaultVariable) return [named]
  const forgotten = forgottenVariable(read)
  if (read(named) !== undefined) return forgotten === undefined ? [named] : [named, 'instances']
  return [forgotten ?? (isCount(read('INSTANCE_ID')) ? 'INSTANCE_ID' : named)] // the name in PM2's documentation
}

/** Returns the variable that PM2 set as `instance_var` when the app was started. It sets `vizion_running` right before. */
function forgottenVariable(read: Read): string | undefined {
  const names = read.names()
  const at = names.indexOf('vizion_running')
  const next = at < 0 ? undefined : names[at + 1]
  if (next === undefined || next === defaultVariable || next === 'SHLVL') return undefined
  return isCount(read(next)) ? next : undefined
}

function isCount(text: string | undefined): boolean {
  return !Number.isNaN(count(text))
}

function hasNumber(read: Read): boolean {
  const [variable = defaultVariable] = numberVariables(read)
  return read(variable) !== undefined
}

/** Reports whether the process is an instance of PM2's fork mode. Workers of node:cluster are then the program's own. */
export function isForked(read: Read): boolean {
  return read('pm_id') !== undefined && read('exec_mode') === 'fork_mode'
}

/** Reports whether the process is a worker of PM2 that has no number. PM2's ids in node:cluster count the workers of all apps. */
export function isUnnumberedWorker(read: Read): boolean {
  return read('pm_id') !== undefined && !isForked(read) && !hasNumber(read)
}

/**
 * Returns how often PM2 has restarted or reloaded this instance, also while others of its app went on; 0 under other launchers. By it
 * the processes of one rank differ. At a reload two of them run at once.
 */
export function instanceRestarts(env: NodeJS.ProcessEnv = process.env): number {
  return env.pm_id === undefined ? 0 : count(env.restart_time) || 0
}

/**
 * An instance of an app under PM2, which keeps its number when it is restarted, reloaded, or others are added by `pm2 scale`.
 * `restart_time` counts the restarts of one instance, so it is no attempt of the job. `instances` is no world size, because
 * `pm2 scale` does not change it. pm_id is unique, but counts the instances of all apps.
 */
export const pm2: Launcher = {
  name: 'pm2',
  marker: 'pm_id', // node-config's users set NODE_APP_INSTANCE too
  companions: (read) => numberVariables(read).slice(0, 1),
  needs: (read) => hasNumber(read) || Number(read('instances')) > 1,
  counts: {
    rank: {
      from: numberVariables,
      derive: (number, first = '0') => (number === undefined ? undefined : count(first) + count(number)),
    },
  },
  fix: "name a variable that the app's env does not set, by instance_var: 'INSTANCE_ID' in its PM2 configuration",
}
