/** For sinks with a binary format: fields of Protocol Buffers, and a file of records that one process writes. */
export { doubleField, type Field, field, fieldsOf, putVarint, varintSize, wholeField } from './protobuf.ts'
export { RecordFile, type RecordFileOptions } from './record-file.ts'
