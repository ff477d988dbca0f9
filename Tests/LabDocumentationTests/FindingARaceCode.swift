import InterlockLab
import InterlockLabTesting
import Testing

// The code of the tutorial: each piece between the marks is a block of it, in this order.

struct Image: Sendable {}

// page begin
actor Server {
  func fetch() -> Image { Image() }
}

actor Cache {
  private var image: Image?
  private(set) var loads = 0

  func load(from server: Server) async -> Image {
    if let image { return image }
    loads += 1
    let loaded = await server.fetch()
    image = loaded
    return loaded
  }
}
// page end

// page begin
func oneLoad(_ lab: Lab) async throws {
  let cache = Cache()
  let server = Server()
  await withTaskGroup(of: Void.self) { group in
    for name in ["first", "second"] {
      group.addTask(name: name) { _ = await cache.load(from: server) }
    }
  }
  let loads = await cache.loads
  lab.check(loads == 1, "loaded \(loads) times")
}
// page end

func exploreIt() async throws {
  // page begin
  try await Lab.explore(.default, oneLoad)
  // page end
}

func repeatIt(_ print: (String) -> Void) async throws {
  // page begin
  let report = try await Lab.replay("lab1/body//2:2", oneLoad)
  print(report.trace?.columns() ?? "")
  // page end
}

/// After the fix.
enum Fixed {
  // page begin
  actor Cache {
    private var loading: Task<Image, Never>?
    private(set) var loads = 0

    func load(from server: Server) async -> Image {
      if let loading { return await loading.value }
      loads += 1
      let task = Task { await server.fetch() }
      loading = task
      return await task.value
    }
  }
  // page end

  static func oneLoad(_ lab: Lab) async throws {
    let cache = Cache()
    let server = Server()
    await withTaskGroup(of: Void.self) { group in
      for name in ["first", "second"] {
        group.addTask(name: name) { _ = await cache.load(from: server) }
      }
    }
    let loads = await cache.loads
    lab.check(loads == 1, "loaded \(loads) times")
  }

  static func exploreAll(_ print: (String) -> Void) async throws {
    // page begin
    let report = try await Lab.explore(.exhaustive(preemptions: 2), oneLoad)
    print("\(report.schedules) schedules, and no others: \(report.isComplete)")
    // page end
  }

  @Suite struct CacheTests {
    // page begin
    @Test(.explored(schedules: 1_000)) func `an image is loaded once`() async {
      await loadTwice()
    }

    @Test(.replayed("lab1/body//2:2")) func `it stays loaded once`() async {
      await loadTwice()
    }

    private func loadTwice() async {
      let cache = Cache()
      let server = Server()
      async let first = cache.load(from: server)
      async let second = cache.load(from: server)
      _ = await (first, second)
      #expect(await cache.loads == 1)
    }
    // page end
  }
}
