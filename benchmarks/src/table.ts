export { renderTables, shortNumber, type Table, type Value } from '../../packages/ranklog-bench/dist/results/table.js'
