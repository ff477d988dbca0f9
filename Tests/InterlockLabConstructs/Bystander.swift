import Foundation
import Synchronization

/// A thread that was there before any run: whatever a lab hands it, nothing is started for it.
final class Bystander: Sendable {
  static let shared = Bystander()

  private let work = Mutex<[@Sendable () -> Void]>([])
  private let pipe = Pipe()

  private init() {
    Thread.detachNewThread { [self] in
      // One byte for each piece of work.
      while pipe.fileHandleForReading.readData(ofLength: 1).count == 1 {
        work.withLock { $0.removeFirst() }()
      }
    }
  }

  /// Does something on the other thread.
  func ask(_ doing: @escaping @Sendable () -> Void) {
    work.withLock { $0.append(doing) }
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
