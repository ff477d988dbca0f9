/// Chooses what runs next.
///
/// A strategy sees jobs and numbers, never the runtime.
///
/// Subclasses are final; an engine calls them directly and from one thread at a time.
class Strategy {
  /// A run begins.
  func begin() {}

  /// Whether it wants to know what each step touched.
  var followsFootprints: Bool { false }

  /// Whether it leaves out schedules by what steps have in common: then it is told of actors as well, and asked also
  /// where there is no choice.
  var isReduction: Bool { false }

  /// Whether a task's end counts as a use of the task that made it.
  var followsCompletions: Bool { false }

  /// Why what it has run proves less than it seems to; nil when nothing is amiss.
  var problem: String? { nil }

  /// Whether the run need not go on: one like it has been run.
  var isRedundant: Bool { false }

  /// The next decision is taken in a state that has this hash; told only when the body says what its state is.
  func reaches(_ state: UInt64) {}

  /// The index in `ready` of the job to run; there are at least two unless it follows footprints.
  func pick(_ ready: [ReadyJob], last: Int32) -> Int { DefaultOrder.index(in: ready, last: last) }

  /// One of `count` outcomes of something else that may go either way; 0 is what is usual.
  func choose(_ count: Int) -> Int { 0 }

  /// Whether something happens that happens once in `odds` times.
  func happens(oneIn odds: Int) -> Bool { choose(2) == 1 }

  /// A task was seen for the first time.
  func created(_ task: Int32, parent: Int32, lineage: Lineage) {}

  /// A job is about to run, whether there was a choice or not.
  func executes(_ job: ReadyJob, among ready: [ReadyJob]) {}

  /// A job has run, and used this; before it so many objects were `known`, that is had a number.
  func executed(_ job: ReadyJob, footprint: Footprint, known: Int32) {}
}

/// The schedule with no deviation: whoever ran last goes on; when it cannot, the oldest task does.
enum DefaultOrder {
  static func index(in ready: [ReadyJob], last: Int32) -> Int {
    var best = 0
    for index in ready.indices {
      let job = ready[index]
      if job.task == last { return index }
      if (job.task, job.sequence) < (ready[best].task, ready[best].sequence) { best = index }
    }
    return best
  }
}
