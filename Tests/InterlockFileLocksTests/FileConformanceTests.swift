import InterlockFileLocks
import InterlockTestKit
import TestSupport
import Testing

/// Each backend is to the kernel what a process of its own is.
@Suite(.tags(.integration), .sharedThreads, .timeLimit(.minutes(5))) struct FileConformanceTests {
  @Test(arguments: LockConformance.checks)
  func conformance(_ check: LockConformance.Check) async throws {
    let directory = try TemporaryDirectory()
    try await check.run(LockWorld { try FileLockBackend(directory: directory.path) })
  }

  @Test(arguments: LockConformance.checks)
  func `conformance of one backend`(_ check: LockConformance.Check) async throws {
    let directory = try TemporaryDirectory()
    let backend = try FileLockBackend(directory: directory.path)
    try await check.run(LockWorld { backend })
  }
}
