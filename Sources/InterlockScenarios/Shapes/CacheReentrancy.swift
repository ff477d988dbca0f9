internal import InterlockLab

extension Scenario {
  /// An actor looks into its cache, awaits the download, and stores what it got.
  static let cacheReentrancy: Scenario = {
    let callers = Parameter("callers", 2)
    return Scenario(
      "shape.cache-reentrancy",
      asks: "Does an actor that caches what it downloads download it once?",
      parameters: [callers],
      source: "Swift Evolution SE-0306, Actors, on reentrancy", foundWithin: 32
    ) { lab, variant in
      let server = ImageServer()
      let cache = ImageCache(server)
      let joined = JoinedLoad<Int>()
      lab.invariant("one download") { server.downloads.value <= 1 }
      await withTaskGroup(of: Int.self) { group in
        for caller in 0..<callers.value {
          group.addTask(name: "caller-\(caller)") {
            variant == .guarded
              ? await joined.value("image") { await server.download() } : await cache.image
          }
        }
        for await image in group { lab.check(image == 1, "a caller has image \(image)") }
      }
    }
  }()
}

/// What is downloaded from gives another image each time.
private actor ImageServer {
  nonisolated let downloads = Watched(0)

  func download() async -> Int {
    await Task.yield()
    return downloads.change { downloads in
      downloads += 1
      return downloads
    }
  }
}

private actor ImageCache {
  private let server: ImageServer
  private var cached: Int?

  init(_ server: ImageServer) { self.server = server }

  var image: Int {
    get async {
      if let cached { return cached }
      let image = await server.download()
      cached = image
      return image
    }
  }
}
