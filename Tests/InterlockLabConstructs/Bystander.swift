import Foundation

/// A thread that was there before any run: whatever a lab hands it, nothing is started for it.
///
/// Unchecked: the lock guards what is to be done. It is not the standard library's, which the thread sanitizer does
/// not see.
final class Bystander: @unchecked Sendable {
  static let shared = Bystander()

  private let lock = NSLock()
  private var work: [@Sendable () -> Void] = []
  private let pipe = Pipe()

  private init() {
    Thread.detachNewThread { [self] in
      // One byte for each piece of work.
      while pipe.fileHandleForReading.readData(ofLength: 1).count == 1 {
        lock.withLock { work.removeFirst() }()
      }
    }
  }

  /// Does something on the other thread.
  func ask(_ doing: @escaping @Sendable () -> Void) {
    lock.withLock { work.append(doing) }
    pipe.fileHandleForWriting.write(Data([0]))
  }
}

/// Runs tasks on the other thread.
final class ElsewhereExecutor: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Bystander.shared.ask { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
