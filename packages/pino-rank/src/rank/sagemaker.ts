import type { Derived, Launcher } from './launcher.ts'

const from = ['SM_CURRENT_HOST', 'SM_HOSTS']
const expected = 'SM_HOSTS to be a JSON list of hosts, and SM_CURRENT_HOST to be one of them,'

const rank: Derived<number> = {
  from,
  derive: (host = '', list = '') => {
    const at = hostsIn(list).indexOf(host)
    return at < 0 ? Number.NaN : at
  },
  expected,
}

function hostsIn(list: string): readonly unknown[] {
  try {
    const hosts: unknown = JSON.parse(list)
    return Array.isArray(hosts) ? hosts : []
  } catch {
    return []
  }
}

/**
 * A host of an Amazon SageMaker training job, as its training toolkit describes it
 * (github.com/aws/sagemaker-training-toolkit, ENVIRONMENT_VARIABLES.md). The toolkit's MPI and torchrun set their own variables.
 */
export const sagemaker: Launcher = {
  name: 'sagemaker',
  marker: 'SM_CURRENT_HOST',
  companions: ['SM_HOSTS'],
  counts: { rank, worldSize: { from, derive: (_, list = '') => hostsIn(list).length, expected }, nodeRank: rank },
  runKey: 'TRAINING_JOB_NAME', // docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-envvariables.html
}
