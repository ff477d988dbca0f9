internal import Interlock
internal import InterlockLab

extension Scenario {
  /// Two producers share the continuation of a stream, and each finishes it when it is done.
  static let streamFinish: Scenario = {
    let producers = Parameter("producers", 2)
    return Scenario(
      "shape.stream-finish",
      asks: "Does an element arrive when another producer of the stream finishes it first?",
      parameters: [producers],
      source: "Swift Evolution SE-0314, AsyncStream: YieldResult.terminated, which few look at",
      foundWithin: 24
    ) { lab, variant in
      let (stream, continuation) = AsyncStream.makeStream(
        of: Int.self, bufferingPolicy: .bufferingOldest(8))
      let channel = BoundedChannel<Int>(capacity: 8, name: "elements")
      let unfinished = Watched(producers.value)
      let received = Watched<[Int]>([])
      lab.invariant("no element arrives twice") {
        Set(received.value).count == received.value.count
      }
      await withTaskGroup(of: Void.self) { group in
        for producer in 0..<producers.value {
          group.addTask(name: "producer-\(producer)") {
            // The first has one element more.
            for element in producer..<producers.value {
              await SystemClock().pause(for: .seconds(1))
              if variant == .guarded {
                // Nobody cancels it, or finishes before it.
                try? await channel.send(10 * producer + element)
              } else {
                continuation.yield(10 * producer + element)
              }
            }
            await SystemClock().pause(for: .seconds(1))
            guard variant == .guarded else { return continuation.finish() }
            let isLast = unfinished.change { unfinished in
              unfinished -= 1
              return unfinished == 0
            }
            if isLast { channel.finish() }
          }
        }
        group.addTask(name: "consumer") {
          if variant == .guarded {
            for await element in channel { received.change { $0.append(element) } }
          } else {
            for await element in stream { received.change { $0.append(element) } }
          }
        }
      }
      lab.check(received.value.sorted() == [0, 1, 11], "received \(received.value)")
    }
  }()
}
