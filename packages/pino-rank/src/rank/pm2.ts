import { count, type Launcher, type Read } from './launcher.ts'

const defaultVariable = 'NODE_APP_INSTANCE'

/**
 * Returns the variable that holds the number of an instance: NODE_APP_INSTANCE, or the one named by PM2_PROCESS_INSTANCE_VAR of
 * PM2's daemon, or by `instance_var` of the app (lib/God.js, `injectVariables`). With a second variable, `instances`, the rank is
 * the sum of both.
 *
 * `pm2 reload NAME` and `pm2 restart NAME` forget `instance_var`, and `pm2 scale` then numbers new instances from 0 in
 * NODE_APP_INSTANCE. The renamed variable stays in the environment. In a new instance it has the number of the first instance.
 */
function numberVariables(read: Read): readonly string[] {
  const ofDaemon = read('PM2_PROCESS_INSTANCE_VAR')
  if (ofDaemon !== undefined && read(ofDaemon) !== undefined) return [ofDaemon]
  const named = read('instance_var') ?? defaultVariable
  if (named !== defaultVariable) return [named]
  const forgotten = forgottenVariable(read)
  if (read(named) !== undefined) return forgotten === undefined ? [named] : [named, 'instances']
  return [forgotten ?? (isCount(read('INSTANCE_ID')) ? 'INSTANCE_ID' : named)] // the name that PM2's documentation uses
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

/**
 * Reports whether the process is a worker of PM2 without a number. Its id in node:cluster is not one, because PM2 counts the
 * workers of all apps.
 */
export function isUnnumberedWorker(read: Read): boolean {
  return read('pm_id') !== undefined && !isForked(read) && !hasNumber(read)
}

/**
 * Returns how often PM2 has restarted or reloaded this instance; 0 under other launchers. Other instances of the app have their
 * own counts. The count distinguishes the processes of one rank: during a reload two of them run at once.
 */
export function instanceRestarts(env: NodeJS.ProcessEnv = process.env): number {
  return env.pm_id === undefined ? 0 : count(env.restart_time) || 0
}

/**
 * An instance of an app under PM2. It keeps its number if it is restarted or reloaded, or if `pm2 scale` adds others.
 * `restart_time` counts the restarts of one instance, so it is not the attempt of the job. `instances` is not the world size,
 * because `pm2 scale` does not change it. pm_id is unique, but it counts the instances of all apps.
 */
export const pm2: Launcher = {
  name: 'pm2',
  marker: 'pm_id', // not NODE_APP_INSTANCE, which users of node-config set too
  companions: (read) => numberVariables(read).slice(0, 1),
  needs: (read) => hasNumber(read) || Number(read('instances')) > 1,
  counts: {
    rank: {
      from: numberVariables,
      derive: (number, first = '0') => (number === undefined ? undefined : count(first) + count(number)),
    },
  },
  fix: "in the PM2 configuration name a variable that the app's env does not set, e.g. instance_var: 'INSTANCE_ID'",
}
