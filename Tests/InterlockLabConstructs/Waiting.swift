import InterlockLab
import Observation

@MainActor @Observable private final class Temperature {
  var degrees = 0
}

extension Construct {
  static let ofWaiting: [Construct] = [
    Construct("a checked continuation") { lab in
      let value = await withCheckedContinuation { continuation in
        Task { continuation.resume(returning: 3) }
      }
      lab.check(value == 3, "value")
    },
    Construct("a checked throwing continuation") { lab in
      do {
        try await withCheckedThrowingContinuation {
          (continuation: CheckedContinuation<Void, any Error>) in
          continuation.resume(throwing: Refused())
        }
        lab.check(false, "nothing thrown")
      } catch is Refused {}
    },
    Construct("an unsafe continuation") { lab in
      let value = await withUnsafeContinuation { continuation in
        Task { @MainActor in continuation.resume(returning: onMain(2)) }
      }
      lab.check(value == 3, "value")
    },
    Construct("an unsafe throwing continuation") { lab in
      do {
        try await withUnsafeThrowingContinuation {
          (continuation: UnsafeContinuation<Void, any Error>) in
          Task { continuation.resume(throwing: Refused()) }
        }
        lab.check(false, "nothing thrown")
      } catch is Refused {}
    },
    Construct("AsyncStream") { lab in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let reader = Task { await stream.reduce(0, +) }
      for number in 1...3 {
        continuation.yield(number)
        await Task.yield()
      }
      continuation.finish()
      lab.check(await reader.value == 6, "sum")
    },
    Construct("AsyncStream iterated in an actor") { lab in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let box = Box()
      let reader = Task { await box.consume(stream) }
      for number in 1...3 { continuation.yield(number) }
      continuation.finish()
      lab.check(await reader.value == 6, "sum")
    },
    Construct("AsyncStream that unfolds") { lab in
      let box = Box()
      let stream = AsyncStream {
        await box.add(1)
        let value = await box.value
        return value <= 3 ? value : nil
      }
      lab.check(await stream.reduce(0, +) == 6, "sum")
    },
    Construct("AsyncStream that bounds, and ends when its reader is cancelled") { lab in
      let ended = Flag()
      let (stream, continuation) = AsyncStream.makeStream(
        of: Int.self, bufferingPolicy: .bufferingNewest(1))
      continuation.onTermination = { _ in ended.set() }
      for number in 1...3 { continuation.yield(number) }
      let reader = Task { await stream.reduce(0, +) }
      for _ in 0..<3 { await Task.yield() }
      reader.cancel()
      let sum = await reader.value
      lab.check(sum == 3 || sum == 0, "\(sum)")
      lab.check(ended.isSet, "did not end")
    },
    Construct("AsyncThrowingStream, mapped and filtered") { lab in
      let (stream, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
      let reader = Task {
        var sum = 0
        do {
          for try await number in stream.map({ $0 * 2 }).filter({ $0 > 2 }) { sum += number }
        } catch is Refused { return sum }
        return -1
      }
      for number in 1...3 {
        continuation.yield(number)
        await Task.yield()
      }
      continuation.finish(throwing: Refused())
      lab.check(try await reader.value == 10, "sum")
    },
    Construct("withTaskCancellationHandler") { lab in
      let cancelled = Flag()
      let task = Task {
        await withTaskCancellationHandler {
          while !Task.isCancelled { await Task.yield() }
          return true
        } onCancel: {
          assertInside()
          cancelled.set()
        }
      }
      await Task.yield()
      task.cancel()
      lab.check(await task.value && cancelled.isSet, "value")
    },
    Construct("Observations of a model on the main actor") { lab in
      let model = await Temperature()
      let reader = Task { @MainActor in
        for await degrees in Observations({ model.degrees }) where degrees == 2 {
          MainActor.assertIsolated()
          return degrees
        }
        return 0
      }
      for _ in 0..<2 {
        await Task.yield()
        await MainActor.run { model.degrees += 1 }
      }
      lab.check(await reader.value == 2, "value")
    },
  ]
}
