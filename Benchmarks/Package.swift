// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what is measured is what a client gets: the libraries through their
// public products, without optimisation across modules (SwiftPM's release default since 5.8 would
// allow it between the modules of one package).
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "interlock-benchmarks",
  products: [
    .executable(name: "interlock-bench", targets: ["InterlockBench"]),
    .executable(name: "interlock-lab-bench", targets: ["InterlockLabBench"]),
    .executable(name: "interlock-lock-bench", targets: ["InterlockLockBench"]),
  ],
  dependencies: [.package(name: "interlock", path: "..")],
  targets: [
    // Counts what is allocated.
    .target(name: "CAllocations"),
    .target(
      name: "BenchHarness",
      dependencies: ["CAllocations", .product(name: "Interlock", package: "interlock")],
      swiftSettings: settings),
    .executableTarget(
      name: "InterlockBench",
      dependencies: [
        "BenchHarness",
        .product(name: "Interlock", package: "interlock"),
        .product(name: "InterlockLocks", package: "interlock"),
        .product(name: "InterlockMeshCore", package: "interlock"),
        .product(name: "InterlockRadio", package: "interlock"),
        .product(name: "InterlockSimulation", package: "interlock"),
      ],
      swiftSettings: settings),
    // A program of its own: the lab stands in front of the runtime of whatever program it is in.
    .executableTarget(
      name: "InterlockLabBench",
      dependencies: [
        "BenchHarness",
        .product(name: "Interlock", package: "interlock"),
        .product(name: "InterlockLab", package: "interlock"),
      ],
      swiftSettings: settings),
    // A program of its own: it is one of several that one comparison starts, many at a time.
    .executableTarget(
      name: "InterlockLockBench",
      dependencies: [
        .product(name: "Interlock", package: "interlock"),
        .product(name: "InterlockFileLocks", package: "interlock"),
        .product(name: "InterlockLocks", package: "interlock"),
        .product(name: "InterlockPostgres", package: "interlock"),
        .product(name: "InterlockRedis", package: "interlock"),
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
