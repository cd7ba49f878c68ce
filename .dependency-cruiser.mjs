import { readdirSync } from 'node:fs'

// The import rules of the source files; see docs/design.md.

/** The folders of each package's `src`, in levels from the lowest up. Folders on one level do not import each other. */
const folders = {
  'pino-rank': [['errors'], ['process'], ['rank', 'record'], ['paths', 'gate'], ['sink'], ['logger']],
  'pino-rank-lines': [['system'], ['lines', 'spool']],
  'pino-rank-file': [['append', 'rotation', 'run-directory'], ['line-file']],
  'pino-rank-merge': [['kernel'], ['order'], ['decorate'], ['dedup']],
  'pino-rank-metrics': [['binary', 'record'], ['run'], ['sink']],
  'pino-rank-stdout': [['collector'], ['client']],
  'ranklog-bench': [['stats', 'terminal'], ['results'], ['disks', 'ranks'], ['report', 'suite'], ['options']],
  ranklog: [['cli'], ['files'], ['terminal'], ['commands', 'run']],
}

const foundation = [
  ['pino-rank'],
  ['pino-rank-lines', 'pino-rank-merge'],
  ['pino-rank-file', 'pino-rank-stdout', 'pino-rank-metrics'],
]
const top = ['ranklog', 'ranklog-bench']

/** The sinks: packages that only packages of `top` import. A package that is not listed above is one of them. */
const sinks = readdirSync(new URL('packages', import.meta.url)).filter(
  (name) => !foundation.flat().includes(name) && !top.includes(name),
)

/** All packages, in levels from the lowest up. */
const packageLevels = [...foundation, sinks, top]

/** The files with undocumented parts of pino or Node. They are below all folders. */
const internals = '/src/(pino|pino-worker|node)-internals[.]ts$'

const tests = '[.]test(-kit)?[.](ts|js|d[.]ts)$'

/** Returns the names on the same level, except `own`, and on higher levels. */
function notBelow(levels, level, own) {
  return [...levels[level].filter((name) => name !== own), ...levels.slice(level + 1).flat()]
}

/** Calls `rule` for each name that must not import others, and returns the results. */
function each(levels, rule) {
  return levels.flatMap((names, level) =>
    names.flatMap((name) => {
      const others = notBelow(levels, level, name)
      return others.length > 0 ? [rule(name, others.join('|'))] : []
    }),
  )
}

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment:
        'Files that import each other, directly or indirectly, are one concept: move the code that both need into a third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'only-the-index-of-another-folder',
      comment: 'Import another folder only by its index.ts.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/([^/]+)/', pathNot: tests },
      to: { path: '^packages/$1/src/[^/]+/', pathNot: ['^packages/$1/src/$2/', '/src/[^/]+/index[.]ts$'] },
    },
    {
      name: 'only-the-index-of-a-folder',
      comment: 'Import a folder only by its index.ts.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/[^/]+$', pathNot: tests },
      to: { path: '^packages/$1/src/[^/]+/', pathNot: '/src/[^/]+/index[.]ts$' },
    },
    {
      name: 'no-test-in-production',
      comment: 'Put code that only a test needs into the test, or into a test kit next to it.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-process-in-unit-test',
      comment:
        'Put a test that starts processes into test/src, and use the kit there: it removes the variables of tap and launchers.',
      severity: 'error',
      from: { path: `^packages/.*${tests}` },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'internals-below-all',
      comment: 'A file with internals of pino or Node imports no other file of its package.',
      severity: 'error',
      from: { path: internals },
      to: { path: '^packages/' },
    },
    ...Object.entries(folders).flatMap(([name, levels]) =>
      each(levels, (folder, others) => ({
        name: `${name}: ${folder}`,
        comment: 'Folders import downwards only.',
        severity: 'error',
        from: { path: `^packages/${name}/src/${folder}/`, pathNot: tests },
        to: { path: [`^packages/${name}/src/(${others})/`, `^packages/${name}/src/[^/]+$`], pathNot: internals },
      })),
    ),
    {
      name: 'pino-rank-merge: only pino-rank/record',
      comment:
        'A merge reads records of any logger, so it may use only the times of records from pino-rank. (Before a build, the entry is not resolved to a path.)',
      severity: 'error',
      from: { path: '^packages/pino-rank-merge/src/', pathNot: tests },
      to: { path: '^(packages/|node_modules/)?pino-rank(/|$)', pathNot: '(^pino-rank/record|/dist/record[.]d[.]ts)$' },
    },
    ...each(packageLevels, (name, others) => ({
      name: `package ${name}`,
      comment: 'Packages import downwards only.',
      severity: 'error',
      from: { path: `^packages/${name}/src/`, pathNot: tests },
      to: { path: `^(packages/|node_modules/)?(${others})(/|$)` },
    })),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
}
