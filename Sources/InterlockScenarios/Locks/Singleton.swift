internal import InterlockLab

extension Scenario {
  /// A table is looked into, the load awaited, the result stored.
  static let singleton: Scenario = {
    let callers = Parameter("callers", 3)
    return Scenario(
      "lock.singleton",
      asks: "Do all callers get the same instance of what may exist once?",
      parameters: [callers], foundWithin: 40
    ) { lab, variant in
      let made = Watched(0)
      let table = Watched<Int?>(nil)
      let loads = JoinedLoad<Int>()
      lab.invariant("at most one instance") { made.value <= 1 }
      @Sendable func load() async -> Int {
        await Task.yield()
        return made.change { made in
          made += 1
          return made
        }
      }
      await withTaskGroup(of: Int.self) { group in
        for caller in 0..<callers.value {
          group.addTask(name: "caller-\(caller)") {
            if variant == .guarded { return await loads.value("index", load: load) }
            if let known = table.value { return known }
            let instance = await load()
            table.change { $0 = instance }
            return instance
          }
        }
        for await instance in group { lab.check(instance == 1, "instance \(instance)") }
      }
    }
  }()
}
