import Distributed
import InterlockLab
import Synchronization

actor Box {
  private(set) var value = 0

  func add(_ amount: Int) {
    assertIsolated()
    assertInside()
    value += amount
  }

  func addTwice() async {
    value += 1
    await Task.yield()
    assertIsolated()
    value += 1
  }

  func forward(to other: Box) async -> Int {
    await other.add(1)
    assertIsolated()
    return await other.value
  }

  func spawn() async -> Int {
    await Task { add(1) }.value
    assertIsolated()
    return value
  }

  func spawnImmediately() async -> Int {
    await Task.immediate {
      add(1)
      await Task.yield()
      add(1)
    }.value
    assertIsolated()
    return value
  }

  func consume(_ stream: AsyncStream<Int>) async -> Int {
    for await element in stream {
      assertIsolated()
      value += element
    }
    return value
  }

  func gather() async -> Int {
    await withTaskGroup(of: Int.self) { group in
      for number in 1...3 {
        group.addTask {
          await Task.yield()
          return number
        }
      }
      for await number in group { add(number) }
    }
    assertIsolated()
    return value
  }

  func waitForTask() async {
    await withCheckedContinuation { continuation in
      add(1)
      Task.detached { continuation.resume() }
    }
    assertIsolated()
  }

  func nap() async throws {
    try await Task.sleep(for: .seconds(5))
    assertIsolated()
    await Task.yield()
    add(1)
  }

  func callOut() async -> Int {
    let number = await concurrently(1)
    assertIsolated()
    let same = await wherever(number)
    add(same)
    return value
  }
}

/// An actor that brings its own executor, which runs nothing in a lab.
actor OwnExecutorBox {
  private final class Executor: SerialExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
      UnownedJob(job).runSynchronously(on: asUnownedSerialExecutor())
    }
  }
  private let executor = Executor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private(set) var value = 0

  func add(_ amount: Int) {
    assertIsolated()
    assertInside()
    value += amount
  }
}

distributed actor Remote {
  typealias ActorSystem = LocalTestingDistributedActorSystem
  private var value = 0

  distributed func add(_ amount: Int) async -> Int {
    await Task.yield()
    assertInside()
    value += amount
    return value
  }
}

@globalActor actor Hall {
  static let shared = Hall()
}

@Hall func inHall(_ number: Int) -> Int {
  Hall.assertIsolated()
  assertInside()
  return number + 1
}

@MainActor func onMain(_ number: Int) -> Int {
  MainActor.assertIsolated()
  assertInside()
  return number + 1
}

@concurrent private func concurrently(_ number: Int) async -> Int {
  assertInside()
  await Task.yield()
  return number + 1
}

nonisolated(nonsending) private func wherever(_ number: Int) async -> Int {
  assertInside()
  return number + 1
}

private func isolated(to box: isolated Box) async {
  box.add(1)
  await Task.yield()
  box.assertIsolated()
}

final class Flag: Sendable {
  private let state = Mutex(false)
  var isSet: Bool { state.withLock { $0 } }
  func set() { state.withLock { $0 = true } }
}

private final class Leaver: Sendable {
  let left: Flag
  init(_ left: Flag) { self.left = left }
  @MainActor deinit {
    MainActor.assertIsolated()
    assertInside()
    left.set()
  }
}

private final class HallLeaver: Sendable {
  let left: Flag
  init(_ left: Flag) { self.left = left }
  @Hall deinit {
    Hall.assertIsolated()
    assertInside()
    left.set()
  }
}

private actor ActorLeaver {
  let left: Flag
  init(_ left: Flag) { self.left = left }
  isolated deinit {
    assertIsolated()
    assertInside()
    left.set()
  }
}

extension Construct {
  static let ofActors: [Construct] = [
    Construct("an actor from a task") { lab in
      let box = Box()
      await box.add(1)
      lab.check(await box.value == 1, "value")
    },
    Construct("actor to actor") { lab in
      let value = await Box().forward(to: Box())
      lab.check(value == 1, "value")
    },
    Construct("a reentrant actor") { lab in
      let box = Box()
      async let first: Void = box.addTwice()
      async let second: Void = box.addTwice()
      _ = await (first, second)
      lab.check(await box.value == 4, "value")
    },
    Construct("an actor with its own executor") { lab in
      let box = OwnExecutorBox()
      async let first: Void = box.add(1)
      async let second: Void = box.add(2)
      _ = await (first, second)
      lab.check(await box.value == 3, "value")
    },
    Construct("a group inside an actor") { lab in
      lab.check(await Box().gather() == 6, "sum")
    },
    Construct("a continuation inside an actor") { lab in
      let box = Box()
      await box.waitForTask()
      lab.check(await box.value == 1, "value")
    },
    Construct("a sleep and a yield inside an actor") { lab in
      let box = Box()
      async let other: Void = box.add(1)
      try await box.nap()
      await other
      lab.check(await box.value == 2, "value")
      lab.check(lab.elapsed == .seconds(5), "\(lab.elapsed)")
    },
    Construct("an actor calls what is concurrent, and what is nonsending") { lab in
      lab.check(await Box().callOut() == 3, "value")
    },
    Construct("an isolated parameter") { lab in
      let box = Box()
      async let first: Void = isolated(to: box)
      await isolated(to: box)
      await first
      lab.check(await box.value == 2, "value")
    },
    Construct("a local distributed actor") { lab in
      let remote = Remote(actorSystem: LocalTestingDistributedActorSystem())
      async let first = remote.add(1)
      async let second = remote.add(2)
      let sums = try await (first, second)
      lab.check(max(sums.0, sums.1) == 3, "\(sums)")
    },
    Construct("a distributed actor, known to be local") { lab in
      let remote = Remote(actorSystem: LocalTestingDistributedActorSystem())
      let sum = await remote.whenLocal { remote in
        remote.assertIsolated()
        return await remote.add(3)
      }
      lab.check(sum == 3, "sum")
    },
    Construct("a global actor") { lab in lab.check(await inHall(1) == 2, "value") },
    Construct("the main actor, by a function") { lab in lab.check(await onMain(1) == 2, "value") },
    Construct("MainActor.run") { lab in
      let value = await MainActor.run { () -> Int in
        MainActor.assertIsolated()
        return onMain(2)
      }
      lab.check(value == 3, "value")
    },
    Construct("a task on the main actor") { lab in
      let value = await Task { @MainActor in onMain(3) }.value
      lab.check(value == 4, "value")
    },
    Construct("assumeIsolated on the main actor") { lab in
      let value = await MainActor.run { MainActor.assumeIsolated { onMain(4) } }
      lab.check(value == 5, "value")
    },
    Construct("an isolated deinit on the main actor") { lab in
      let flag = Flag()
      do { _ = Leaver(flag) }
      try await Task.sleep(for: .seconds(1))
      lab.check(flag.isSet, "did not leave")
    },
    Construct("an isolated deinit on a global actor") { lab in
      let flag = Flag()
      do { _ = HallLeaver(flag) }
      try await Task.sleep(for: .seconds(1))
      lab.check(flag.isSet, "did not leave")
    },
    Construct("an actor's isolated deinit") { lab in
      let flag = Flag()
      do { _ = ActorLeaver(flag) }
      try await Task.sleep(for: .seconds(1))
      lab.check(flag.isSet, "did not leave")
    },
  ]
}
