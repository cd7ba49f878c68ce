/** This process's environment, without what its own launcher, test runner or user told it. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const told = /^(NODE_OPTIONS|NODE_V8_COVERAGE|TAP.*|_TAPJS.*|RANKLOG_.*|.*RANK|WORLD_SIZE|SLURM_.*|OMPI_.*|PMI_.*)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !told.test(name)))
}

/**
 * Node, as the words of a command. tap puts a hook for its process reports into the NODE_OPTIONS of whatever is spawned,
 * behind the environment that was given: a rank must not load it.
 */
export const unhookedNode: [string, ...string[]] = ['env', '-u', 'NODE_OPTIONS', process.execPath]
