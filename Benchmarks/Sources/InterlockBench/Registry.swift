import BenchHarness

/// Every benchmark there is, in the order in which they run.
///
/// Each is defined in a file of its own.
let registry: [Benchmark] = [
  mutexUncontended,
  mutexContendedByTwo,
  mutexContendedByEight,
  mutexHandedOver,
  budgetReserve,
  budgetEarliest,
  ledgerSave,
  semaphoreUncontended,
  channelSameTask,
  channelBetweenTasks,
  transmitMachine,
  transmitPipeline,
  meshCorePacket,
  meshCoreRepeater,
  meshCoreRules,
  meshCoreMemory,
  meshDay,
  lockUncontended,
  lockContended,
  plainRuntime("runtime"),
]
