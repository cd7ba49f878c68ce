import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import t from 'tap'
import { RecordedCollectives } from '../kit/recorded-collectives.ts'
import { joinRings } from '../kit/rings.ts'
import { BucketedSum } from './buckets.ts'
import { Replica } from './replica.ts'

/** The bytes of four numbers, in MiB. */
const fourNumbersMb = 16 / 2 ** 20

const variables = (...sizes: number[]) => sizes.map((size) => tf.variable(tf.zeros([size])))

t.before(() => tf.setBackend('cpu'))

t.test('buckets go from the last parameter to the first, and are as large as they may be', async (t) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 })
  const [ring] = await joinRings(t, 'unix', 1)
  await fc.assert(
    fc.asyncProperty(sizes, async (sizes) => {
      const collectives = new RecordedCollectives(ring as NonNullable<typeof ring>)
      const parameters = variables(...sizes)
      const order: tf.Variable[] = []
      await new BucketedSum(collectives, fourNumbersMb).run(parameters, {
        what: 'sums',
        read: async (parameter, into) => {
          order.push(parameter)
          t.equal(into.length, parameter.size)
        },
        take: () => {},
      })
      t.strictSame(order, parameters.toReversed())
      const buckets = collectives.calls.map(({ bytes }) => bytes / 4)
      const rest = sizes.toReversed()
      for (const [index, bucket] of buckets.entries()) {
        let size = 0
        while (size < bucket) size += rest.shift() as number
        t.equal(size, bucket, 'a bucket has whole parameters')
        t.ok(bucket <= 4 || sizes.includes(bucket), 'only a bucket with one parameter is larger than the limit')
        const next = rest[0]
        t.ok(next === undefined || bucket + next > 4, `the next parameter has no place in bucket ${index}`)
      }
      t.strictSame(rest, [])
      tf.dispose(parameters)
    }),
    { numRuns: 50 },
  )
})

t.test('the next bucket is read, and the last one is taken, while a bucket is in the collective', async (t) => {
  const rings = await joinRings(t, 'unix', 2)
  const parameters = variables(4, 4, 4)
  const events = await Promise.all(
    rings.map(async (ring) => {
      const events: string[] = []
      const collectives = new RecordedCollectives(ring)
      const reduce = ring.allReduce.bind(ring)
      ring.allReduce = async (values, call) => {
        events.push(`start ${call.what}`)
        await reduce(values, call)
        events.push('end')
      }
      const number = (parameter: tf.Variable) => parameters.indexOf(parameter)
      await new BucketedSum(collectives, fourNumbersMb).run(parameters, {
        what: 'sums',
        read: async (parameter) => void events.push(`read ${number(parameter)}`),
        take: (parameter) => void events.push(`take ${number(parameter)}`),
      })
      return events
    }),
  )
  const expected = [
    'read 2',
    ...['start sums (bucket 1 of 3)', 'read 1', 'end'],
    ...['start sums (bucket 2 of 3)', 'take 2', 'read 0', 'end'],
    ...['start sums (bucket 3 of 3)', 'take 1', 'end'],
    'take 0',
  ]
  t.strictSame(events, [expected, expected])
})

for (const backend of ['cpu', 'wasm'])
  t.test(`${backend}: gradients that are averaged in many buckets or in one are right, and stay`, async (t) => {
    await import('@tensorflow/tfjs-backend-wasm') // not at the top, where other tests would get this backend
    await tf.setBackend(backend)
    t.teardown(() => tf.setBackend('cpu'))
    for (const bucketCapMb of [fourNumbersMb, 25]) {
      const rings = await joinRings(t, 'unix', 3)
      const parameters = variables(3, 1, 4, 7, 2)
      const replicas = rings.map((ring) => new Replica(ring, parameters, bucketCapMb))
      const gradient = (rank: number, { size, name }: tf.Variable, step: number) =>
        tf.range(0, size).mul(rank + 1).add(step).add(name.length) // biome-ignore format: one expression
      const average = (step: number) =>
        Promise.all(
          replicas.map((replica, rank) => {
            const gradients = parameters.map((parameter) => [parameter.name, gradient(rank, parameter, step)] as const)
            return replica.average(Object.fromEntries(gradients), 3, 'averages')
          }),
        )
      const means = [await average(0), await average(1)]
      for (const [step, ranks] of means.entries()) {
        for (const means of ranks) {
          t.strictSame(Object.keys(means).toSorted(), parameters.map(({ name }) => name).toSorted())
          for (const parameter of parameters) {
            // the mean over the ranks is the gradient of rank 1
            const expected = gradient(1, parameter, step).dataSync()
            t.strictSame([...(means[parameter.name]?.dataSync() ?? [])], [...expected], `step ${step}`)
          }
        }
      }
      tf.dispose([means, parameters])
    }
  })

t.test('all ranks get the parameters of rank 0, in many buckets', async (t) => {
  await tf.setBackend('cpu')
  const rings = await joinRings(t, 'unix', 2)
  const parameters = rings.map((_, rank) => variables(3, 5, 1).map((variable) => variable.add(rank + 1).variable()))
  const replicas = rings.map((ring, rank) => new Replica(ring, parameters[rank] as tf.Variable[], fourNumbersMb))
  await Promise.all(replicas.map((replica) => replica.broadcast()))
  for (const variables of parameters)
    t.strictSame(
      variables.map((variable) => variable.dataSync().join('')),
      ['111', '11111', '1'],
    )
  await Promise.all(replicas.map((replica) => replica.verify('at the end')))
})

t.test('a rank that is lost rejects the average, and no tensor is left', async (t) => {
  const [first, second] = await joinRings(t, 'unix', 2)
  const parameters = variables(4, 4, 4)
  const replica = new Replica(first as NonNullable<typeof first>, parameters, fourNumbersMb)
  const tensors = tf.memory().numTensors
  second?.close()
  const gradients = Object.fromEntries(parameters.map(({ name }) => [name, tf.ones([4])]))
  await t.rejects(replica.average(gradients, 2, 'averages'), { name: 'NeighbourLost' })
  t.equal(tf.memory().numTensors, tensors)
})
