/**
 * For authors of sinks: writes whole lines in batches to any {@link LineSink}, as a pino destination, with options and their
 * checks.
 */
export type {
  Ack,
  FlushOptions,
  FsyncOptions,
  LevelOptions,
  LineSink,
  LineWriterOptions,
  OverflowOptions,
  ReportsOptions,
  SignalOptions,
  WriterStats,
  WriterThread,
} from './lines/index.ts'
export {
  byteOption,
  countLines,
  faultReport,
  flushOptionKeys,
  flushSettings,
  fsyncOptionKeys,
  fsyncSettings,
  LineStream,
  LineWriter,
  maxPieceBytes,
  overflowOptionKeys,
  overflowSettings,
  Reports,
  signalOptionKeys,
  splitLevels,
  splitSignals,
  systemRemedies,
  wholePiece,
} from './lines/index.ts'
